// Counters of this run, for `stats` (docs/protocol.md, section 4).
#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace taskbbs::broker {

struct Stats {
    std::uint64_t requests = 0;
    std::uint64_t refused = 0;
    std::uint64_t busy = 0;  // of these: a limit was reached
    std::string busy_says;   // what the last of them was told
    std::uint64_t malformed = 0;
    std::uint64_t dropped_replies = 0;
    std::uint64_t batches = 0;
    std::uint64_t executors_lost = 0;  // their presence ran out
    std::string last_lost;             // the latest of them
    std::uint64_t connections = 0;     // now
    std::uint64_t connections_limit = 0;
    std::uint64_t connections_refused = 0;   // hung up on at the limit
    std::uint64_t connections_held_off = 0;  // as those before had left much that was not received
    std::uint64_t dropped_events = 0;        // not published, as too many waited
    std::uint64_t keys_refused = 0;          // clients that were not let in
    // From the journal thread.
    std::uint64_t syncs = 0;
    // How long batches took lately to be written and synced.
    std::chrono::nanoseconds sync_mean{0};
    std::chrono::nanoseconds sync_longest{0};
    std::int64_t snapshot_seq = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t snapshot_failures = 0;
    protocol::Time snapshot_at = protocol::no_time;  // the last one taken by this run
    std::chrono::nanoseconds snapshot_took{0};       // that one
    std::uint64_t journal_bytes = 0;
    // The longest that the loop's thread worked between two polls, in its CPU time.
    std::chrono::nanoseconds loop_longest{0};
    // Of the process and its disk, looked at once a second.
    std::int64_t pid = 0;
    std::uint64_t rss_bytes = 0;
    std::uint64_t disk_free_bytes = 0;
    // Options in force that are not at their defaults; see settings_text().
    std::string settings;
};

}  // namespace taskbbs::broker
