// What an operator should read of, found by comparing what the loop knows from turn to turn: each
// change becomes a line of the log (docs/logs.md). Costs some comparisons a turn.
#pragma once

#include "broker/core/clock.hpp"
#include "broker/log.hpp"
#include "broker/stats.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace taskbbs::broker {

class Lookout {
  public:
    // A batch that took longer to be durable, or a turn of the loop, is said.
    static constexpr std::chrono::seconds slow{1};

    struct Seen {
        const Stats& stats;
        core::Duration turn{0};  // how long the loop worked, in its CPU time
        bool read_only = false;
        // Of the disk, as it is now; asked where it is to be told.
        std::function<std::uint64_t()> free_bytes = [] { return 0; };
        bool brake = false;
        std::size_t executors = 0;  // present
        std::size_t run_out = 0;    // of these, those whose presence has run out
    };

    void look(const Seen& seen, Log& log);

  private:
    void look_at_states(const Seen& seen, Log& log);
    void look_at_times(const Seen& seen, Log& log);
    void look_at_counts(const Seen& seen, Log& log);

    bool read_only_ = false;
    bool brake_ = false;
    std::chrono::nanoseconds longest_sync_{0};
    std::uint64_t busy_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t held_off_ = 0;
    std::uint64_t dropped_events_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace taskbbs::broker
