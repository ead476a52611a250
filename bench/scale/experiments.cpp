// The list.
#include "bench/scale/experiments.hpp"

#include <fmt/format.h>

namespace taskbbs::bench {

std::vector<Experiment> all_experiments(const Scene& scene, const Sizes& sizes) {
    const auto of = [scene, sizes](std::vector<Row> (*run)(const Scene&, const Sizes&)) {
        return [scene, sizes, run] { return run(scene, sizes); };
    };
    std::vector<Experiment> experiments{
        {"scale-board-", of(try_boards)},
        {"scale-idle-pass", of(try_idle_passes)},
        {"scale-storm-", of(try_storms)},
        {"scale-snapshot", of(try_snapshot)},
        {"scale-pages", of(try_pages)},
        {"scale-waiting", of(try_waiting)},
        {"scale-silent-subscribers", of(try_silent_subscribers)},
        {"scale-memory", of(try_memory)},
        {"scale-kicks", of(try_kicks)},
        {"scale-heartbeats-single", of(try_single_heartbeats)},
        {"scale-connections", of(try_connections)},
        {"scale-disk-use", of(try_disk_use)},
        {"scale-restart", [sizes] { return try_restart(sizes); }},
    };
    for (const int executors : sizes.executors) {
        experiments.push_back({fmt::format("scale-executors-{}", executors),
                               [=] { return try_executors(scene, sizes, executors); }});
    }
    return experiments;
}

Sizes small_sizes() {
    return {.boards = {100, 1'000},
            .board = 2'000,
            .executors = {200},
            .executor_connections = 10,
            .connections = 100,
            .waiting = 10,
            .silent = 4,
            .kicking = {"--converge.every", "200ms", "--converge.kick_interval", "200ms"},
            .kicking_seconds = 0.6,
            .disk_board = 1'000,
            .disk_seconds = 0.2};
}

}  // namespace taskbbs::bench
