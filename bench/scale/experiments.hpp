// What size does to the broker: each experiment starts one, makes it large in one way, and
// measures.
#pragma once

#include "bench/report/rounds.hpp"
#include "bench/scale/ground.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace taskbbs::bench {

// Of each task that stands on the board.
inline constexpr std::size_t standing_payload = 300;

// How large; smaller ones try the benchmark itself.
struct Sizes {
    std::vector<std::uint64_t> boards{1'000, 100'000, 1'000'000, 5'000'000};
    std::uint64_t board = 1'000'000;  // of all experiments but that
    std::vector<int> executors{1'000, 10'000, 100'000};
    int executor_connections = 100;
    int connections = 10'000;
    int waiting = 1'000;               // acquires
    int silent = 256;                  // subscribers
    std::vector<std::string> kicking;  // arguments of the row about kicks; none: the defaults
    double kicking_seconds = 150;
    std::uint64_t disk_board = 100'000;
    double disk_seconds = 60;  // at least
};

std::vector<Experiment> all_experiments(const Scene& scene, const Sizes& sizes);

// A tenth of a percent of that, to see that it runs.
Sizes small_sizes();

// One by one, each in a file of its own. All throw std::runtime_error.
std::vector<Row> try_boards(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_executors(const Scene& scene, const Sizes& sizes, int executors);
std::vector<Row> try_single_heartbeats(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_connections(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_idle_passes(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_storms(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_snapshot(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_pages(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_waiting(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_kicks(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_memory(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_silent_subscribers(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_disk_use(const Scene& scene, const Sizes& sizes);
std::vector<Row> try_restart(const Sizes& sizes);

}  // namespace taskbbs::bench
