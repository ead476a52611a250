// Those who were let in, counted.
#pragma once

#include <chrono>
#include <cstdint>

namespace taskbbs::broker {

struct Crowd {
    std::uint64_t let_in = 0;          // since the start
    std::uint64_t present = 0;         // of them, those not known to be gone
    std::uint64_t left = 0;            // bytes, sent by those whose descriptors are others' by now
    std::chrono::nanoseconds as_of{};  // on the clock of who counts
};

}  // namespace taskbbs::broker
