// Acquire (docs/protocol.md, section 4): which pending tasks an executor gets, and who waits for
// the next one.
#pragma once

#include "broker/core/decide.hpp"

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::core {

// Whether this executor is to take no more: present and draining.
bool is_draining(const Board& board, std::string_view executor_id);

// Whether this much is free for the task.
bool fits(const Terms& terms, const std::optional<protocol::Resources>& free);

// The pending tasks that `args` gets now: by priority, then the longest pending, together within
// `free` and limits.reply_bytes; none where the executor drains. Costs O(matching queues x log
// tasks); under `free` it looks past at most 64 tasks of a queue that do not fit.
std::vector<Slot> choose(const Board& board, const protocol::AcquireArgs& args);

// The same for a request: where it finds nothing and will wait, what lies too far back in a queue
// to be looked at is on offer once it comes within reach (Tasks::note_unseen_behind).
std::vector<Slot> choose(Board& board, const protocol::AcquireArgs& args);

// Of the tasks that events first..last claimed for this executor, those that it still holds, in
// that order: what a retried acquire is given.
std::vector<Slot> still_held(const Board& board, std::string_view executor_id, Seq first, Seq last);

// What a waiting acquire asked for; owns its texts.
struct Waiter {
    std::string reply_to;  // where its reply goes; opaque here
    SessionId session;
    RequestId id = 0;
    std::string executor_id;
    std::int64_t max = 1;
    std::vector<std::string> stacks;
    std::vector<std::string> domains;
    std::optional<protocol::Resources> free;
    Time until{};

    // Points into this waiter.
    protocol::AcquireArgs args() const;
};

// Acquires that wait, served in the order in which they came.
class Waiters {
  public:
    using Ticket = std::uint64_t;

    // One session and executor wait once: another request of theirs replaces the one that waits,
    // which is returned; the same request takes over its place.
    std::optional<Waiter> add(Waiter waiter);

    // Takes those out that end now, to be answered empty.
    std::vector<Waiter> take_over_time(Time now);
    std::vector<Waiter> take_acked(const SessionId& session, RequestId acked);
    std::vector<Waiter> take_executor(std::string_view executor_id);

    bool has(const SessionId& session, std::string_view executor_id) const {
        return ticket_of(session, executor_id) != 0;
    }

    // The one of this session and executor.
    std::optional<Waiter> take_same(const SessionId& session, std::string_view executor_id);

    // The first one after `after` (0: from the start) whose stacks and domains match this task's.
    Ticket match(std::string_view domain, std::string_view stack, Ticket after) const;

    const Waiter& operator[](Ticket ticket) const { return waiters_.at(ticket); }

    Waiter take(Ticket ticket);

    std::optional<Time> next_deadline() const;

    std::size_t size() const { return waiters_.size(); }

  private:
    using Tickets = absl::btree_set<Ticket>;
    Ticket ticket_of(const SessionId& session, std::string_view executor_id) const;  // 0: none
    // "stack\ndomain", either of them "*" where any will do.
    std::vector<std::string> keys_of(const Waiter& waiter) const;
    std::vector<Waiter> take(const std::vector<Ticket>& tickets);

    Ticket next_ticket_ = 1;
    absl::btree_map<Ticket, Waiter> waiters_;
    absl::btree_map<std::string, Tickets> by_key_;
    absl::btree_map<std::string, Tickets> by_executor_;
    absl::btree_map<SessionId, Tickets> by_session_;
    absl::btree_set<std::pair<Time, Ticket>> by_time_;
};

}  // namespace taskbbs::core
