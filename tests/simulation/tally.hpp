// What a campaign reached: counted, added up, printed.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace taskbbs::simulation {

struct Tally {
    std::uint64_t seeds = 0;
    std::uint64_t points = 0;         // crash points: recovered, checked, recovered again
    std::uint64_t strong_points = 0;  // with 100 acknowledged events, and 3 clients in flight
    std::uint64_t lives = 0;          // of brokers that served and went on
    std::uint64_t events = 0;
    std::map<std::string, std::uint64_t> branches;  // of recovery, by name: hits

    void add(const Tally& other);
    // One line, and back.
    std::string packed() const;
    static Tally unpacked(const std::string& line);
    // For people.
    std::string shown() const;
};

}  // namespace taskbbs::simulation
