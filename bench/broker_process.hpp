// A taskbbsd of the benchmark's own: started on a temporary directory and free ports, ended by pid.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace taskbbs::bench {

class BrokerProcess {
  public:
    // Starts `program` with its journal below `parent`, and waits until it serves. `more`: further
    // command line arguments. Throws std::runtime_error.
    BrokerProcess(const std::string& program,
                  const std::string& parent,
                  const std::vector<std::string>& more);
    // Ends it and removes its directory.
    ~BrokerProcess();
    BrokerProcess(const BrokerProcess&) = delete;
    BrokerProcess& operator=(const BrokerProcess&) = delete;

    const std::string& endpoint() const { return endpoint_; }

    const std::string& directory() const { return directory_; }

    std::uint64_t resident_bytes() const;
    double cpu_seconds() const;

  private:
    std::string directory_;
    std::string endpoint_;
    pid_t pid_ = -1;
};

// CPU seconds of this process.
double own_cpu_seconds();

}  // namespace taskbbs::bench
