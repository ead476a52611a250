// Assertions that stay on in release: a broken invariant of the journal ends the process before it
// can reach the disk or the state.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace taskbbs::journal {

inline void require(bool holds,
                    const char* invariant,
                    std::source_location where = std::source_location::current()) {
    if (holds) return;
    static_cast<void>(std::fprintf(
        stderr, "%s:%u: broken invariant: %s\n", where.file_name(), where.line(), invariant));
    std::abort();
}

}  // namespace taskbbs::journal
