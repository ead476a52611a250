// Counters of this run, for `stats` (docs/protocol.md, section 4).
#pragma once

#include <chrono>
#include <cstdint>

namespace taskbbs::broker {

struct Stats {
    std::uint64_t requests = 0;
    std::uint64_t refused = 0;
    std::uint64_t malformed = 0;
    std::uint64_t dropped_replies = 0;
    std::uint64_t batches = 0;
    std::uint64_t connections = 0;   // now
    std::uint64_t keys_refused = 0;  // clients that were not let in
    // From the journal thread.
    std::uint64_t syncs = 0;
    // How long batches took lately to be written and synced.
    std::chrono::nanoseconds sync_mean{0};
    std::chrono::nanoseconds sync_longest{0};
    std::int64_t snapshot_seq = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t snapshot_failures = 0;
    std::uint64_t journal_bytes = 0;
    // The longest that the loop's thread worked between two polls, in its CPU time.
    std::chrono::nanoseconds loop_longest{0};
};

}  // namespace taskbbs::broker
