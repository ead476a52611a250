// Acquire (docs/protocol.md, section 4): which pending tasks an executor gets.
#pragma once

#include "broker/core/decide.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace taskbbs::core {

// Whether this executor is to take no more: present and draining.
bool is_draining(const Board& board, std::string_view executor_id);

// Whether the task's queue is paused: acquire passes it by.
bool is_paused(const Board& board, const TaskRecord& task);

// Whether this much is free for the task.
bool fits(const Terms& terms, const std::optional<protocol::Resources>& free);

struct Choice {
    std::vector<Slot> tasks;
    std::size_t looks = 0;  // names, queues and tasks that were looked at: what it cost
};

// The pending tasks that `args` gets now: by priority, then the longest pending, together within
// `free` and limits.reply_bytes; none where the executor drains, none of a paused queue. Costs
// O(matching queues x log tasks); under `free` it looks past at most 64 tasks of a queue that do
// not fit.
Choice choose(const Board& board, const protocol::AcquireArgs& args);

// The same for a request: where it finds nothing and will wait, what lies too far back in a queue
// to be looked at is on offer once it comes within reach (Tasks::note_unseen_behind).
Choice choose(Board& board, const protocol::AcquireArgs& args);

// Of the tasks that events first..last claimed for this executor, those that it still holds, in
// that order: what a retried acquire is given.
std::vector<Slot> still_held(const Board& board, std::string_view executor_id, Seq first, Seq last);

}  // namespace taskbbs::core
