// The simulator's command line: one seed, so many crash points, or so many minutes.
#include "tests/simulation/campaign.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>

namespace {

namespace po = boost::program_options;

constexpr auto usage =
    "Usage: taskbbs_simulation run --seed N       one seed; says what it found\n"
    "       taskbbs_simulation points N           seeds until N crash points were checked\n"
    "       taskbbs_simulation soak --minutes M   seeds for M minutes, drawn anew each time\n"
    "       --from N      the first seed (points: 1; soak: drawn)\n"
    "       --seeds N     no more seeds than this     --seconds N   no longer than this\n"
    "       --jobs N      processes (2)\n";

constexpr std::uint64_t seconds_a_minute = 60;

int act(const char* program, const po::variables_map& given) {
    using namespace taskbbs::simulation;
    const auto number = [&](const char* option) {
        return given.contains(option) ? given[option].as<std::uint64_t>() : 0;
    };
    const auto command = given["command"].as<std::string>();
    if (command == "run" && given.contains("seed")) return run_seed(number("seed"));
    Campaign campaign{.program = program,
                      .from = std::max<std::uint64_t>(1, number("from")),
                      .seeds = number("seeds"),
                      .points = number("number"),
                      .lasts = std::chrono::seconds(number("seconds")),
                      .jobs = std::max(1U, static_cast<unsigned>(number("jobs")))};
    if (command == "points" && given.contains("number")) return run_campaign(campaign);
    if (command == "soak" && given.contains("minutes")) {
        if (!given.contains("from")) campaign.from = std::random_device()();
        campaign.lasts = std::chrono::seconds(seconds_a_minute * number("minutes"));
        return run_campaign(campaign);
    }
    std::cerr << usage;
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    po::options_description options;
    options.add_options()("command", po::value<std::string>());
    for (const char* const name : {"number", "seed", "minutes", "seconds", "from", "seeds"})
        options.add_options()(name, po::value<std::uint64_t>());
    options.add_options()("jobs", po::value<std::uint64_t>()->default_value(2));
    po::positional_options_description positions;
    positions.add("command", 1).add("number", 1);
    try {
        po::variables_map given;
        po::store(po::command_line_parser(argc, argv).options(options).positional(positions).run(),
                  given);
        po::notify(given);
        if (!given.contains("command")) {
            std::cerr << usage;
            return 2;
        }
        return act(argv[0], given);
    } catch (const po::error& error) {
        std::cerr << "taskbbs_simulation: " << error.what() << '\n' << usage;
        return 2;
    }
}
