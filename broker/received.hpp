// What a connection has sent so far.
#pragma once

#include <chrono>
#include <cstdint>

namespace taskbbs::broker {

struct Received {
    std::uint64_t bytes = 0;        // since it was accepted
    std::chrono::seconds quiet{0};  // since the last of them, or since then
    std::chrono::seconds age{0};    // since then
};

// From any thread. Nothing, of a descriptor that is none of the first 65,536.
Received received_by(int descriptor);

}  // namespace taskbbs::broker
