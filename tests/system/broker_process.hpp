// The real daemon as a process of a test's own: a directory, ports that were free, kill and start
// again. The journal lives as long as the object.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace taskbbs::test {

// Not thread-safe. The daemon is the program in TASKBBS_DAEMON, else the one of this build. Throws
// std::runtime_error where it can't be started.
class BrokerProcess {
  public:
    // Starts it, with these options besides its own ({"--limits.tasks", "5"}), and waits until it
    // says that it is ready.
    explicit BrokerProcess(std::vector<std::string> options = {});
    // Kills it and removes its directory.
    ~BrokerProcess();
    BrokerProcess(const BrokerProcess&) = delete;
    BrokerProcess& operator=(const BrokerProcess&) = delete;

    // SIGKILL; returns when it is gone.
    void kill();
    // SIGTERM; its exit code.
    int stop();
    // After either: the same journal, the same endpoints.
    void start();

    const std::string& requests() const { return requests_; }

    const std::string& events() const { return events_; }

  private:
    int end(int signal);

    std::string home_;
    std::string requests_;
    std::string events_;
    std::vector<std::string> options_;
    pid_t pid_ = -1;
};

}  // namespace taskbbs::test
