// Time as the contract counts it: nanoseconds since 1970 UTC on the wire (`at`, `_at`, `_since`),
// chrono values everywhere else. Nobody below the shell reads a clock: time is an argument.
#pragma once

#include <chrono>

namespace taskbbs::protocol {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::sys_time<Duration>;

// The wire's 0: "not set" for created_at, completed_at and not_before.
inline constexpr Time no_time{};

}  // namespace taskbbs::protocol
