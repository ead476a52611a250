// Each thing that is looked at keeps what was seen last.
#include "broker/lookout.hpp"

#include <utility>

namespace taskbbs::broker {

namespace {

// By how much a count grew since it was seen last.
std::uint64_t growth(std::uint64_t& seen, std::uint64_t now) {
    return now - std::exchange(seen, now);
}

}  // namespace

void Lookout::look(const Seen& seen, Log& log) {
    look_at_states(seen, log);
    look_at_times(seen, log);
    look_at_counts(seen, log);
}

void Lookout::look_at_states(const Seen& seen, Log& log) {
    if (seen.brake != std::exchange(brake_, seen.brake)) {
        if (seen.brake) {
            log.warn("brake_holds", {{"executors_run_out", seen.run_out}});
        } else {
            log.info("brake_released");
        }
    }
    if (seen.read_only != std::exchange(read_only_, seen.read_only)) {
        if (seen.read_only) {
            log.warn(
                "read_only_begins",
                {{"disk_free_bytes", seen.free_bytes()},
                 {"says", "the disk is short of space: no new work is taken until there is more"}});
        } else {
            log.info("read_only_ends");
        }
    }
}

void Lookout::look_at_times(const Seen& seen, Log& log) {
    // Over the last seconds: one slow batch stays the longest for a while, and is said once.
    const auto longest = seen.stats.sync_longest;
    if (longest > std::exchange(longest_sync_, longest) && longest > slow) {
        log.warn(
            "slow_sync",
            {{"ms", to_ms(longest)}, {"says", "the disk took so long to make a batch durable"}});
    }
    if (seen.turn > slow) {
        log.warn("slow_turn",
                 {{"ms", to_ms(seen.turn)}, {"says", "the loop worked so long in one turn"}});
    }
}

void Lookout::look_at_counts(const Seen& seen, Log& log) {
    const Stats& stats = seen.stats;
    if (const auto more = growth(busy_, stats.busy); more > 0) {
        log.warn("limit_reached", {{"requests", more}, {"says", stats.busy_says}});
    }
    if (const auto more = growth(refused_, stats.connections_refused); more > 0) {
        log.warn("connections_full",
                 {{"refused", more},
                  {"limit", stats.connections_limit},
                  {"says", "who connects is hung up on: see limits.connections"}});
    }
    if (const auto more = growth(held_off_, stats.connections_held_off); more > 0) {
        log.warn(
            "connections_held_off",
            {{"refused", more}, {"says", "who came and went left more than could be handled yet"}});
    }
    if (const auto more = growth(lost_, stats.executors_lost); more > 0) {
        log.info("executors_lost",
                 {{"lost", more}, {"last", stats.last_lost}, {"present", seen.executors}});
    }
    if (const auto more = growth(dropped_events_, stats.dropped_events); more > 0) {
        log.warn("events_dropped",
                 {{"events", more}, {"says", "publishing is held up: subscribers have a hole"}});
    }
    if (const auto more = growth(dropped_, stats.dropped_replies); more > 0) {
        log.info("replies_dropped", {{"replies", more}});
    }
}

}  // namespace taskbbs::broker
