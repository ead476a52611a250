// taskbbs_bench [TASK] [OPTION...]: the durable lifecycle on taskbbs and on what would be picked
// instead, side by side (docs/performance.md). Exit codes: 0, 1 where a row has no figures or
// something failed, 2 where the command line is wrong.
#include "bench/options.hpp"
#include "bench/report/chart.hpp"
#include "bench/report/json.hpp"
#include "bench/report/machine.hpp"
#include "bench/report/ratios.hpp"
#include "bench/report/text.hpp"
#include "bench/supervise.hpp"
#include "bench/tasks.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fmt/core.h>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace {

using namespace taskbbs::bench;

constexpr int exit_trouble = 1;
constexpr int exit_usage = 2;

double median_sync(const Results& results) {
    std::vector<double> p50;
    p50.reserve(results.syncs.size());
    for (const SyncTimes& syncs : results.syncs) {
        p50.push_back(syncs.p50_us);
    }
    std::sort(p50.begin(), p50.end());
    return p50[(p50.size() - 1) / 2];
}

void print(const Options& options, const Machine& machine, const Results& results) {
    // What was tried for a moment reaches no goal, and misses none.
    const auto ratios = options.task == Task::smoke ? std::vector<Ratio>{}
                                                    : ratios_of(results.rows, median_sync(results));
    if (options.json) {
        fmt::print("{}", json_of(machine, results, ratios));
        return;
    }
    fmt::print("{}\n{}\n{}", text_of(results.rows), text_of(ratios), promises_of(results.rows));
    for (const std::string& system : results.left_out) {
        fmt::print("left out: {}\n", system);
    }
}

void draw(const std::string& name, const Machine& machine, const Results& results) {
    std::ofstream file(name);
    file << chart_of(machine, results.rows) << std::flush;
    if (!file) {
        throw std::runtime_error("cannot write " + name);
    }
}

// In `directory`, which is below `parent`.
int run(const Options& options, const std::string& parent, const std::string& directory) {
    const Machine machine = look_at_machine(parent);
    if (!options.json) {
        fmt::print("{}\n", text_of(machine));
        std::fflush(stdout);
    }
    const Results results = perform(options, directory);
    print(options, machine, results);
    if (!options.chart.empty()) {
        draw(options.chart, machine, results);
    }
    const bool is_whole = std::all_of(
        results.rows.begin(), results.rows.end(), [](const Row& row) { return row.has_figures(); });
    return is_whole ? 0 : exit_trouble;
}

// `work`, and what it throws as words and an exit code.
template <class Work>
int told(const Work& work) {
    try {
        return work();
    } catch (const std::invalid_argument& error) {
        fmt::print(stderr, "taskbbs_bench: {}\n{}", error.what(), usage());
        return exit_usage;
    } catch (const std::exception& error) {
        fmt::print(stderr, "taskbbs_bench: {}\n", error.what());
        return exit_trouble;
    }
}

}  // namespace

int main(int argc, char** argv) {
    return told([argc, argv] {
        const Options options = parse_options({argv + 1, argv + argc});
        if (options.task == Task::help) {
            fmt::print("{}", usage());
            return 0;
        }
        const char* const named = std::getenv("TMPDIR");
        const std::string parent = named != nullptr ? named : "/var/tmp";
        return supervise(parent, [&options, &parent](const std::string& directory) {
            return told([&] { return run(options, parent, directory); });
        });
    });
}
