// Tasks waiting in line by `updated_at`: a task joins at the end whenever an event touches it, so
// each line is in order by itself, costs eight bytes a task and no search. A line per state, and
// per number of kicks in a row where the interval depends on it.
#pragma once

#include "broker/core/task_record.hpp"

#include <algorithm>
#include <array>

namespace taskbbs::core {

class DueLines {
  public:
    // Kicks in a row beyond this many wait the same interval as this many.
    static constexpr std::uint8_t max_kicks = 31;

    using Line = std::size_t;

    static constexpr Line pending(std::uint8_t kicks) { return kicks; }

    static constexpr Line completed(std::uint8_t kicks) { return max_kicks + 1U + kicks; }

    static constexpr Line claimed = 2 * (Line{max_kicks} + 1);
    static constexpr Line running = claimed + 1;  // nothing is due there: for how old they are
    static constexpr Line resolving = running + 1;

    static Line line_of(const TaskRecord& task) {
        switch (task.state) {
            case State::pending:
                return pending(task.kicks);
            case State::claimed:
                return claimed;
            case State::running:
                return running;
            case State::completed:
                return completed(task.kicks);
            default:
                return resolving;
        }
    }

    void append(Slab<TaskRecord>& tasks, Slot slot) {
        TaskRecord& task = tasks[slot];
        Ends& ends = lines_[line_of(task)];
        task.previous = ends.last;
        task.next = no_slot;
        (ends.last == no_slot ? ends.first : tasks[ends.last].next) = slot;
        ends.last = slot;
    }

    void remove(Slab<TaskRecord>& tasks, Slot slot) {
        TaskRecord& task = tasks[slot];
        Ends& ends = lines_[line_of(task)];
        (task.previous == no_slot ? ends.first : tasks[task.previous].next) = task.next;
        (task.next == no_slot ? ends.last : tasks[task.next].previous) = task.previous;
        task.previous = task.next = no_slot;
    }

    // The one that was touched the longest ago, or no_slot.
    Slot first(Line line) const { return lines_[line].first; }

  private:
    struct Ends {
        Slot first = no_slot;
        Slot last = no_slot;
    };

    std::array<Ends, resolving + 1> lines_;
};

}  // namespace taskbbs::core
