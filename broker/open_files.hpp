// How many connections a limit of open files leaves room for.
#pragma once

#include <cstddef>

namespace taskbbs::broker {

// Files that are never connections: the journal's, the sockets' own, and some to spare.
inline constexpr std::size_t files_of_our_own = 128;

constexpr std::size_t connections_within(std::size_t files) {
    return files > 2 * files_of_our_own ? files - files_of_our_own : files / 2;
}

}  // namespace taskbbs::broker
