// taskbbs_bench [SECONDS]: starts the taskbbsd beside it on a temporary directory and prints how
// many durable transitions a second it makes, one at a time and pipelined, beside the disk's
// fdatasync; then grows a board to a million tasks. Every figure is with journal.sync = always and
// events published.
#include "bench/broker_process.hpp"
#include "bench/disk.hpp"
#include "bench/growth.hpp"
#include "bench/lifecycle.hpp"

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fmt/core.h>
#include <thread>

namespace {

using namespace taskbbs::bench;

void row(const BrokerProcess& broker, const char* name, const Load& load) {
    const double server_before = broker.cpu_seconds();
    const double own_before = own_cpu_seconds();
    const Measured measured = drive(broker.endpoint(), load);
    const double server = broker.cpu_seconds() - server_before;
    const double own = own_cpu_seconds() - own_before;
    fmt::print("{:<34}{:>11.0f}/s{:>9.0f}{:>9.0f}{:>9.0f}{:>9.0f}{:>8.2f}{:>8.2f}  {}{}\n",
               name,
               measured.transitions_per_second,
               measured.p50_us,
               measured.p99_us,
               measured.p999_us,
               measured.max_us,
               server,
               own,
               own > server ? "generator-bound" : "",
               measured.refused > 0 ? " REFUSALS: figures mean nothing" : "");
}

void run(const std::string& program, const std::string& parent, double seconds) {
    const SyncTimes syncs = measure_syncs(parent);
    fmt::print(
        "machine: {} cores; write + fdatasync of 4 KiB in {}: p50 {:.0f} us, p99 {:.0f} us\n\n",
        std::thread::hardware_concurrency(),
        parent,
        syncs.p50_us,
        syncs.p99_us);
    fmt::print("{:<34}{:>13}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}\n",
               "durable lifecycle, 300 B payloads",
               "transitions",
               "p50 us",
               "p99",
               "p99.9",
               "max",
               "cpu s",
               "gen s");
    {
        const BrokerProcess broker(program, parent, {});
        row(broker, "one at a time", {.seconds = seconds});
        row(broker,
            "32 conn., 64 in flight, 1 a msg.",
            {.connections = 32, .in_flight = 64, .seconds = seconds});
        row(broker,
            "32 conn., 500 in flight, 50 a msg.",
            {.connections = 32, .in_flight = 500, .per_message = 50, .seconds = seconds});
    }
    const BrokerProcess broker(
        program, parent, {"--converge.kick_interval", "2h", "--converge.kick_interval_max", "2h"});
    constexpr std::uint64_t million = 1'000'000;
    const Growth growth = grow(broker, million);
    fmt::print(
        "\nboard of 1,000,000 pending tasks: {:.0f} bytes a task, desired at {:.0f}/s, "
        "longest step of the loop {} us\n",
        growth.bytes_per_task,
        growth.tasks_per_second,
        growth.longest_step_us);
}

}  // namespace

int main(int argc, char** argv) {
    constexpr double default_seconds = 5;
    const double seconds = argc > 1 ? std::atof(argv[1]) : default_seconds;
    if (seconds <= 0) {
        fmt::print(stderr, "usage: taskbbs_bench [SECONDS of each row]\n");
        return 2;
    }
    try {
        const auto program =
            std::filesystem::canonical("/proc/self/exe").parent_path() / "taskbbsd";
        const char* parent = std::getenv("TMPDIR");
        run(program, parent != nullptr ? parent : "/var/tmp", seconds);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "taskbbs_bench: {}\n", error.what());
        return 1;
    }
}
