// Many seeds, in several processes, and what they came to.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace taskbbs::simulation {

// Ends with whichever bound comes first; 0: none.
struct Campaign {
    std::string program;     // for the command that replays a finding
    std::uint64_t from = 1;  // the first seed
    std::uint64_t seeds = 0;
    std::uint64_t points = 0;
    std::chrono::seconds lasts{0};
    unsigned jobs = 1;
};

// 0: nothing was found. 1: something was, and was printed with its seed.
int run_seed(std::uint64_t seed);
int run_campaign(const Campaign& campaign);

}  // namespace taskbbs::simulation
