// The simulator's command line: one seed, so many crash points, or so many minutes.
#include "tests/simulation/campaign.hpp"

#include <boost/program_options.hpp>

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
    "       --from N   the first seed (points: 1; soak: drawn)   --jobs N   processes (2)\n";

int act(const po::variables_map& given) {
    using namespace taskbbs::simulation;
    const auto command = given["command"].as<std::string>();
    const auto from = given["from"].as<std::uint64_t>();
    Campaign campaign{.program = "taskbbs_simulation", .jobs = given["jobs"].as<unsigned>()};
    if (command == "run" && given.contains("seed"))
        return run_seed(given["seed"].as<std::uint64_t>());
    if (command == "points" && given.contains("number")) {
        campaign.from = from == 0 ? 1 : from;
        campaign.points = given["number"].as<std::uint64_t>();
        return run_campaign(campaign);
    }
    if (command == "soak" && given.contains("minutes")) {
        campaign.from = from == 0 ? std::random_device()() : from;
        campaign.lasts = std::chrono::seconds(60) * given["minutes"].as<std::uint64_t>();
        return run_campaign(campaign);
    }
    std::cerr << usage;
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    po::options_description options;
    options.add_options()("command", po::value<std::string>())(
        "number", po::value<std::uint64_t>())("seed", po::value<std::uint64_t>())(
        "minutes", po::value<std::uint64_t>())("from",
                                               po::value<std::uint64_t>()->default_value(0))(
        "jobs", po::value<unsigned>()->default_value(2));
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
        return act(given);
    } catch (const po::error& error) {
        std::cerr << "taskbbs_simulation: " << error.what() << '\n' << usage;
        return 2;
    }
}
