// From what the SDK could not do to what the user reads and the exit code. Pure, but for a look at
// the socket of an ipc:// endpoint where nobody answers.
#pragma once

#include "cli/exit_code.hpp"
#include "taskbbs/error.hpp"

#include <string>
#include <string_view>

namespace taskbbs::cli {

Exit exit_of(const Error& error);

// "500ms", "30s": as --timeout would be given.
std::string spelled(milliseconds duration);

// What was tried, as the user thinks of it.
struct Attempt {
    std::string_view command;   // "claim"
    std::string_view guid;      // "" where there is none
    std::string_view endpoint;  // of the broker
    milliseconds timeout{0};
};

// One or two lines, each with an end: what, why and what to do next.
std::string explained(const Error& error, const Attempt& attempt);

// What to look at where a broker answers and its events do not come.
inline constexpr std::string_view where_events_are =
    "Is its events endpoint (taskbbs hello) reachable from here? --events names another.";

}  // namespace taskbbs::cli
