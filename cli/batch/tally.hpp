// How far a batch is, in numbers of tasks.
#pragma once

#include <cstdint>

namespace taskbbs::cli::batch {

struct Tally {
    std::uint64_t total = 0;   // so far, as long as there may be more
    bool has_total = false;    // there will be no more
    std::uint64_t done = 0;    // here and below: shown
    std::uint64_t failed = 0;  // for good, without those that were cancelled
    std::uint64_t cancelled = 0;
    std::uint64_t elsewhere = 0;    // `wait`: somebody else took their outcomes
    std::uint64_t skipped = 0;      // an earlier run had done them
    std::uint64_t handed_over = 0;  // on the board, and left there
    std::uint64_t retried = 0;      // attempts beyond the first ones

    // What needs no more waiting.
    std::uint64_t over() const {
        return done + failed + cancelled + elsewhere + skipped + handed_over;
    }

    // The work of this run in it.
    std::uint64_t worked() const { return over() - skipped; }

    std::uint64_t left() const { return total - over(); }

    bool operator==(const Tally&) const = default;
};

}  // namespace taskbbs::cli::batch
