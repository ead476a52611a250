// A tally as a line, as a table, as a sum.
#include "tests/simulation/tally.hpp"

#include <fmt/format.h>
#include <sstream>

namespace taskbbs::simulation {

void Tally::add(const Tally& other) {
    seeds += other.seeds;
    points += other.points;
    strong_points += other.strong_points;
    lives += other.lives;
    events += other.events;
    for (const auto& [name, hits] : other.branches)
        branches[name] += hits;
}

std::string Tally::packed() const {
    std::string line = fmt::format("{} {} {} {} {}", seeds, points, strong_points, lives, events);
    for (const auto& [name, hits] : branches)
        line += fmt::format("\t{}\t{}", name, hits);
    return line;
}

Tally Tally::unpacked(const std::string& line) {
    Tally read;
    std::istringstream in(line);
    in >> read.seeds >> read.points >> read.strong_points >> read.lives >> read.events;
    std::string name;
    std::string hits;
    std::getline(in, name, '\t');
    while (std::getline(in, name, '\t') && std::getline(in, hits, '\t'))
        read.branches[name] = std::stoull(hits);
    return read;
}

std::string Tally::shown() const {
    const double strong =
        points == 0 ? 0 : 100.0 * static_cast<double>(strong_points) / static_cast<double>(points);
    std::string text = fmt::format(
        "{} crash points ({:.0f} % with 100 acknowledged events and 3 clients in flight), {} "
        "seeds, "
        "{} lives, {} events\n",
        points,
        strong,
        seeds,
        lives,
        events);
    for (const auto& [name, hits] : branches)
        text += fmt::format("  {:32} {:>10}\n", name, hits);
    return text;
}

}  // namespace taskbbs::simulation
