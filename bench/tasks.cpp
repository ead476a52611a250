// Lists of trials and experiments, and of which of them are wanted.
#include "bench/tasks.hpp"

#include "bench/full.hpp"
#include "bench/goals.hpp"
#include "bench/scale/experiments.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace taskbbs::bench {

namespace {

struct Work {
    std::vector<Trial> trials;
    std::vector<Experiment> experiments;

    bool empty() const { return trials.empty() && experiments.empty(); }
};

// Small enough that its lives are soon over, whatever a sync takes here.
Trial made_small(Trial trial) {
    constexpr int most = 8;
    for (int* const number : {&trial.load.connections, &trial.load.in_flight, &trial.subscribers}) {
        *number = std::min(*number, most);
    }
    return trial;
}

std::vector<Trial> small_trials(const Options& options) {
    std::vector<Trial> trials;
    for (const auto& all : {goal_trials(options.warm_up, options.seconds),
                            full_trials(options.warm_up, options.seconds)}) {
        std::transform(all.begin(), all.end(), std::back_inserter(trials), made_small);
    }
    return trials;
}

Work all_work(const Options& options, const std::string& directory) {
    const Scene scene{directory, options.seconds, options.warm_up};
    switch (options.task) {
        case Task::scale:
            return {.experiments = all_experiments(scene, {})};
        case Task::full:
            return {.trials = full_trials(options.warm_up, options.seconds)};
        case Task::smoke:
            return {.trials = small_trials(options),
                    .experiments = all_experiments(scene, small_sizes())};
        default:
            return {.trials = goal_trials(options.warm_up, options.seconds)};
    }
}

Work wanted_work(const Options& options, const std::string& directory) {
    Work work = all_work(options, directory);
    const auto is_unwanted = [&options](const auto& one) {
        return one.id.find(options.only) == std::string::npos;
    };
    std::erase_if(work.trials, is_unwanted);
    std::erase_if(work.experiments, is_unwanted);
    if (work.empty()) {
        throw std::invalid_argument(
            fmt::format("--only: no row of this task has {} in its id", options.only));
    }
    return work;
}

// The long ones keep their runs beside this program, unless told where else.
std::string file_of(const Options& options) {
    const bool is_long = options.task == Task::scale || options.task == Task::full;
    if (!options.results.empty() || !is_long) {
        return options.results;
    }
    const auto program = std::filesystem::canonical("/proc/self/exe");
    return program.parent_path() /
           (options.task == Task::scale ? "bench-scale.jsonl" : "bench-full.jsonl");
}

}  // namespace

Results perform(const Options& options, const std::string& directory) {
    const Work work = wanted_work(options, directory);
    const std::string file = file_of(options);
    KeptRuns kept(file, fmt::format("{} s", options.seconds), options.fresh);
    if (!file.empty()) {
        fmt::print(stderr,
                   "bench: {} runs are in {} already; interrupted, the same command goes on from "
                   "there, and --fresh begins anew\n",
                   kept.size(),
                   file);
    }
    return run_rounds(
        work.trials, work.experiments, {.count = options.rounds, .parent = directory}, kept);
}

}  // namespace taskbbs::bench
