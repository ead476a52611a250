// What the process ends with. Scripts depend on these numbers: they never change meaning.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace taskbbs::cli {

enum class Exit : std::uint8_t {
    done = 0,
    failed = 1,         // the task whose outcome was handed over has failed
    usage = 2,          // the command line, or a value on it, is wrong
    not_found = 3,      // no such task or executor
    refused = 4,        // by the state of the board: state, owner, exists, busy, ...
    unreachable = 5,    // no broker answered in time; nothing was done
    denied = 6,         // the role does not allow it
    unknown = 7,        // no answer in time, and it may have been done
    unwritable = 74,    // standard output took no more
    interrupted = 130,  // SIGINT
};

// For help, in its order.
struct ExitMeaning {
    Exit exit;
    std::string_view meaning;
};

inline constexpr auto exit_meanings = std::to_array<ExitMeaning>({
    {Exit::done, "done"},
    {Exit::failed, "the task has failed"},
    {Exit::usage, "usage, or a bad value"},
    {Exit::not_found, "not found"},
    {Exit::refused, "refused: state, owner ..."},
    {Exit::unreachable, "no broker answered in time; nothing was done"},
    {Exit::denied, "denied: the role does not allow it"},
    {Exit::unknown, "no answer in time; it may have been done"},
    {Exit::unwritable, "standard output took no more"},
    {Exit::interrupted, "interrupted"},
});

// Several guids, one exit code: the worst, in this order. What leaves the caller in doubt comes
// first, then what would have hit every guid alike, then what concerns single tasks.
inline constexpr auto worst_first = std::to_array<Exit>({
    Exit::interrupted,
    Exit::unwritable,
    Exit::unknown,
    Exit::unreachable,
    Exit::denied,
    Exit::usage,
    Exit::refused,
    Exit::not_found,
    Exit::failed,
    Exit::done,
});

constexpr Exit worse(Exit a, Exit b) {
    return *std::find_if(
        worst_first.begin(), worst_first.end(), [=](Exit exit) { return exit == a || exit == b; });
}

}  // namespace taskbbs::cli
