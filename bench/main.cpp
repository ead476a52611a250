// taskbbs_bench [--rounds N] [--seconds S] [--only TEXT] [-o json]: the durable lifecycle on
// taskbbs and on what would be picked instead, side by side (docs/performance.md).
#include "bench/goals.hpp"
#include "bench/report/json.hpp"
#include "bench/report/machine.hpp"
#include "bench/report/ratios.hpp"
#include "bench/report/rounds.hpp"
#include "bench/report/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fmt/core.h>
#include <stdexcept>
#include <string_view>

namespace {

using namespace taskbbs::bench;

struct Options {
    int rounds = 3;
    double seconds = 5;
    double warm_up = 1;
    std::string only;  // trials whose id contains it
    bool json = false;
    std::string directory = "/var/tmp";
};

constexpr const char* usage =
    "usage: taskbbs_bench [--rounds N] [--seconds S] [--only TEXT] [-o text|json]\n";

Options parse(int argc, char** argv) {
    Options options;
    if (const char* directory = std::getenv("TMPDIR")) {
        options.directory = directory;
    }
    for (int i = 1; i < argc; i += 2) {
        const std::string_view name = argv[i];
        if (i + 1 == argc) {
            throw std::invalid_argument(usage);
        }
        const char* const value = argv[i + 1];
        if (name == "--rounds") {
            options.rounds = std::atoi(value);
        } else if (name == "--seconds") {
            options.seconds = std::atof(value);
            options.warm_up = std::min(options.warm_up, options.seconds / 2);
        } else if (name == "--only") {
            options.only = value;
        } else if (name == "-o") {
            options.json = std::string_view(value) == "json";
        } else {
            throw std::invalid_argument(usage);
        }
    }
    if (options.rounds < 1 || options.seconds <= 0) {
        throw std::invalid_argument(usage);
    }
    return options;
}

double median_sync(const Results& results) {
    std::vector<double> p50;
    p50.reserve(results.syncs.size());
    for (const SyncTimes& syncs : results.syncs) {
        p50.push_back(syncs.p50_us);
    }
    std::sort(p50.begin(), p50.end());
    return p50[(p50.size() - 1) / 2];
}

void run(const Options& options) {
    const Machine machine = look_at_machine(options.directory);
    if (!options.json) {
        fmt::print("{}\n", text_of(machine));
    }
    std::vector<Trial> trials = goal_trials(options.warm_up, options.seconds);
    std::erase_if(trials, [&](const Trial& trial) {
        return trial.id.find(options.only) == std::string::npos;
    });
    const Results results =
        run_rounds(trials, {.count = options.rounds, .parent = options.directory});
    const auto ratios = ratios_of(results.rows, median_sync(results));
    if (options.json) {
        fmt::print("{}", json_of(machine, results, ratios));
        return;
    }
    fmt::print("{}\n{}\n{}", text_of(results.rows), text_of(ratios), promises_of(results.rows));
    for (const std::string& system : results.left_out) {
        fmt::print("left out: {}\n", system);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(parse(argc, argv));
        return 0;
    } catch (const std::invalid_argument& error) {
        fmt::print(stderr, "{}", error.what());
        return 2;
    } catch (const std::exception& error) {
        fmt::print(stderr, "taskbbs_bench: {}\n", error.what());
        return 1;
    }
}
