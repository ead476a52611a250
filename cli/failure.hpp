// From what the SDK could not do to what the user reads and the exit code. Pure.
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

}  // namespace taskbbs::cli
