// What stands is made by the load's own dialect, which leaves the tasks where it stops.
#include "bench/scale/ground.hpp"

#include "bench/systems/taskbbs_dialect.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>

namespace taskbbs::bench {

namespace {

using namespace std::chrono_literals;

std::unique_ptr<Server> start(const System& system,
                              const Scene& scene,
                              const std::vector<std::string>& arguments) {
    if (find_program(system.program).empty()) {
        throw std::runtime_error(system.program + " is not there");
    }
    return system.start({.parent = scene.parent, .more = arguments});
}

Client connect(const Server& server) {
    ClientOptions options;
    options.endpoint = server.endpoint();
    auto client = Client::open(options);
    if (!client) {
        throw std::runtime_error(client.error().message);
    }
    return *std::move(client);
}

}  // namespace

Ground::Ground(const Scene& scene, const std::vector<std::string>& arguments)
    : scene_(scene), server_(start(system_, scene, arguments)), client_(connect(*server_)) {}

double Ground::stat(const std::string& name) {
    const auto stats = client_.stats();
    if (!stats) {
        throw std::runtime_error("stats: " + stats.error().message);
    }
    return static_cast<double>(std::get<std::int64_t>(stats->values.at(name)));
}

Load Ground::load() const {
    return {.connections = 32,
            .in_flight = 500,
            .per_message = 50,
            .warm_up = scene_.warm_up,
            .seconds = scene_.seconds};
}

Target Ground::target() const {
    return target_of(system_, *server_);
}

void Ground::fill(std::uint64_t tasks, Standing standing, std::size_t payload_bytes) {
    Load filling = load();
    filling.connections = 8;
    filling.payload_bytes = payload_bytes;
    filling.lives = tasks;
    Part part{.executor = "bench-standing", .ttl = 10min};
    part.steps = standing == Standing::pending ? 1 : 3;
    const Measured measured = drive(filling, [&part](const Load& its, int number) {
        return std::make_unique<TaskbbsDialect>(its, number, part);
    });
    if (measured.refused > 0) {
        throw std::runtime_error("the board can't be filled: " + measured.refusal);
    }
}

Measured Ground::at_full_speed() {
    return bench::drive(target(), load());
}

Measured Ground::steadily(double rate) {
    Load paced = load();
    paced.rate = rate;
    return bench::drive(target(), paced);
}

Measured Ground::steadily_while(double rate, const std::function<void()>& work) {
    constexpr double patience = 300;
    Load paced = load();
    paced.rate = rate;
    paced.seconds = patience;
    std::atomic<bool> over = false;
    std::exception_ptr failure;
    std::jthread worker;
    const auto run = [&] {
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
        }
        over = true;
    };
    Measured measured = bench::drive(
        target(),
        paced,
        {.begun = [&] { worker = std::jthread(run); }, .over = [&over] { return over.load(); }});
    worker.join();
    if (failure) {
        std::rethrow_exception(failure);
    }
    return measured;
}

Measured Ground::drive(
    const Load& load,
    const std::function<std::unique_ptr<Dialect>(const Load&, int)>& dialect) const {
    Target spoken = target();
    spoken.dialect = dialect;
    return bench::drive(spoken, load);
}

std::vector<std::string> long_intervals() {
    return {"--converge.kick_interval", "2h", "--converge.kick_interval_max", "2h"};
}

Row scale_row(std::string id, std::string title, const Measured& measured) {
    return row_of({.id = std::move(id), .system = "taskbbs", .title = std::move(title)}, measured);
}

void note_latencies(Row& row, const std::string& name, const Measured& measured) {
    const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e3; };
    row.more[name + "_p50_us"] = us(measured.latency.percentile(0.5));
    row.more[name + "_p999_us"] = us(measured.latency.percentile(0.999));
    row.more[name + "_max_us"] = us(measured.latency.max());
    row.refused += measured.refused;
    if (row.trouble.empty()) {
        row.trouble = measured.refusal;
    }
}

}  // namespace taskbbs::bench
