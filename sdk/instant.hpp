// Time and randomness as the machines of the SDK take them: arguments. Nothing here reads a clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>

namespace taskbbs::sdk {

using Duration = std::chrono::nanoseconds;

// On a clock that never steps; its origin means nothing.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// A caller's timeout as it can be counted with, 0 to 30 min: by then a client has given a request
// up (docs/protocol.md, section 2). It is cut while it is milliseconds: as nanoseconds a long one
// would overflow.
inline Duration bounded(std::chrono::milliseconds timeout) {
    using std::chrono::milliseconds;
    return std::clamp<milliseconds>(timeout, milliseconds(0), std::chrono::minutes(30));
}

// 64 random bits a call. The SDK's own source, so that processes that started alike do not retry
// alike.
using Random = std::function<std::uint64_t()>;

// Uniform in [0, bound]; full jitter.
inline Duration jitter(const Random& random, Duration bound) {
    const auto steps = static_cast<std::uint64_t>(bound.count()) + 1;
    return Duration(static_cast<Duration::rep>(random() % steps));
}

// What grows from `first` by doubling with each failure in a row, up to `most`.
inline Duration doubled(Duration first, unsigned failures, Duration most) {
    Duration grown = first;
    for (unsigned i = 0; i < failures && grown < most; ++i) {
        grown *= 2;
    }
    return grown < most ? grown : most;
}

}  // namespace taskbbs::sdk
