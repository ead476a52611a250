// The ground of a scale row: a broker, tasks that stand on its board, and a load beside them.
#pragma once

#include "bench/load/drive.hpp"
#include "bench/report/row.hpp"
#include "bench/systems/system.hpp"

#include <taskbbs/client.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace taskbbs::bench {

// How long, and where.
struct Scene {
    std::string parent;  // of the servers' directories
    double seconds = 5;  // of each measurement
    double warm_up = 1;
};

// Tasks that stand are pending, or running under an executor that is present for 10 min.
enum class Standing : bool { pending, running };

class Ground {
  public:
    // Starts a broker with these arguments. Throws std::runtime_error, as all here do.
    Ground(const Scene& scene, const std::vector<std::string>& arguments);

    const Server& server() const { return *server_; }

    Client& client() { return client_; }

    // A number of `stats`.
    double stat(const std::string& name);

    // Puts so many more tasks on the board.
    void fill(std::uint64_t tasks, Standing standing, std::size_t payload_bytes);

    // The lifecycle of the batched goal rows, as fast as it goes.
    Measured at_full_speed();
    // The same at so many steps a second, over connections with `in_flight` lanes each.
    Measured steadily(double rate);
    // The same, counted while `work` runs on a thread of its own. What it throws is thrown here.
    Measured steadily_while(double rate, const std::function<void()>& work);

    // Any load on this broker.
    Measured drive(const Load& load,
                   const std::function<std::unique_ptr<Dialect>(const Load&, int)>& dialect) const;

  private:
    Load load() const;
    Target target() const;

    Scene scene_;
    System system_ = taskbbs_system();
    std::unique_ptr<Server> server_;
    Client client_;
};

// Kicks far enough away not to count.
std::vector<std::string> long_intervals();

// A row of the broker's.
Row scale_row(std::string id, std::string title, const Measured& measured);

// Latencies as figures that begin with `name`: NAME_p50_us, NAME_p999_us, NAME_max_us.
void note_latencies(Row& row, const std::string& name, const Measured& measured);

}  // namespace taskbbs::bench
