// Whether an event can be what happens next on a board. Life need not ask: what decide() gives
// always can. Replay asks, since what it reads was decided by another process: of another version
// perhaps, or a faulty one, and apply() trusts its events.
#pragma once

#include "broker/core/board.hpp"

namespace taskbbs::core {

// Times beyond this are no broker's: arithmetic with what a client may add stays within a Time.
inline constexpr Time latest_time{std::chrono::sys_days(std::chrono::year(2150) / 1 / 1)};

constexpr bool is_possible(Time time) {
    return time >= protocol::no_time && time <= latest_time;
}

// Whether `event`, as RecordReader gives it, can be applied: its numbers and times follow on the
// board's, its task is on the board in a state from which its kind leads to the one that it says,
// or for `desired` is not on it. Notes in it where the task lies, so that apply() need not search
// again.
bool can_follow(const Board& board, Event& event);

}  // namespace taskbbs::core
