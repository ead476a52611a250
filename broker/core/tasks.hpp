// The board's tasks and every index over them, so that no verb and no pass scans: by guid, by state
// in the order of birth (listings), queues for acquire, lines and deadlines for convergence.
// Whatever changes a task takes it out of its indexes and puts it back; nobody else touches them.
// Until serving begins there is the one by guid alone: replay asks for nothing else.
#pragma once

#include "broker/core/clock.hpp"
#include "broker/core/due_lines.hpp"
#include "broker/core/executors.hpp"
#include "broker/core/labels.hpp"
#include "broker/core/slot_by.hpp"
#include "broker/core/slot_index.hpp"
#include "broker/core/task_record.hpp"

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <array>
#include <utility>

namespace taskbbs::core {

// A task's place in its queue: higher priority first, then the longest pending.
struct QueueKey {
    Time pending_since;
    std::int32_t priority = 0;
    Slot slot = no_slot;

    bool operator<(const QueueKey& other) const {
        if (priority != other.priority) {
            return priority > other.priority;
        }
        return pending_since != other.pending_since ? pending_since < other.pending_since
                                                    : slot < other.slot;
    }
};

using Queue = absl::btree_set<QueueKey>;

using TimeOrder = absl::btree_set<SlotBy<Time>>;
using Births = absl::btree_set<SlotBy<Seq>>;

// A delayed task's place in the order in which they ripen: of those of one moment, the higher
// priority first.
struct RipeningKey {
    Time not_before;
    std::int32_t priority = 0;
    Slot slot = no_slot;

    bool operator<(const RipeningKey& other) const {
        if (not_before != other.not_before) {
            return not_before < other.not_before;
        }
        return priority != other.priority ? priority > other.priority : slot < other.slot;
    }
};

struct Domain {
    std::array<Births, protocol::live_states> listings;
    absl::btree_map<Slot, Queue> queues;  // by stack; none of them empty
};

struct Stack {
    absl::btree_set<Slot> domains;  // that have a queue of this stack
};

constexpr std::size_t index(State state) {
    return static_cast<std::size_t>(state);
}

// The group of a domain's tasks in the listings of executors: a hash of its name, which a restart
// does not change. Names that share one share a group.
inline std::uint32_t group_of(std::string_view domain) {
    return static_cast<std::uint32_t>(hash_of(domain));
}

class Tasks {
  public:
    // `expires`: whether completed tasks ever expire, so that their order is worth its memory.
    Tasks(Executors& executors, const Clock& clock, bool expires)
        : executors_(executors), clock_(clock), expires_(expires) {}

    ~Tasks() = default;
    Tasks(const Tasks&) = delete;
    Tasks& operator=(const Tasks&) = delete;

    Slot find(std::string_view guid) const { return find(index_hash(guid), guid); }

    const TaskRecord& operator[](Slot slot) const { return slab_[slot]; }

    const Terms& terms_of(const TaskRecord& task) const { return terms_[task.terms]; }

    TaskView view(Slot slot) const;

    // Whether it lies in a queue: pending, and not before its not_before.
    bool is_available(Slot slot) const {
        return slot != grave_ && slab_[slot].state == State::pending && !slab_[slot].delayed &&
               slab_[slot].born != 0;
    }

    // Applies a task's event (docs/protocol.md, section 3) and returns where the task lies. After
    // `resolved` the record can still be read, until the next call.
    Slot apply(const Event& event);

    // Pending tasks whose not_before has come are handed to the queues, a bounded number in a call:
    // where more are due, next_ripening() is not after `now`. They ripen by not_before and, within
    // one moment, by priority; so for acquire the rest is in no other position than if this call
    // had come a little earlier, and of those that ripen at one moment it never hands out a lower
    // priority before a higher one of the same queue.
    void ripen(Time now);
    // When the next one ripens.
    std::optional<Time> next_ripening() const;
    // Serving begins: the orders over the tasks, which replay does without, are made; deadlines are
    // counted from now on, not from what an earlier run saw. Once only.
    void begin_serving();

    std::size_t size() const { return slab_.size() - (grave_ == no_slot ? 0 : 1); }

    std::size_t count(State state) const { return counts_[static_cast<std::size_t>(state)]; }

    std::uint64_t opaque_bytes() const { return opaque_bytes_; }

    // Of all tasks.
    Digest digest() const { return digest_; }

    // Rows for a snapshot, in the order in which the tasks were touched.
    template <class OnRow>
    void rows(const OnRow& on_row) const {
        for (const Slot slot : by_seq()) {
            on_row(row_of(slot));
        }
    }

    // The same back, in the same order; after the executors. Until finish_loading() it is not to be
    // found by its guid.
    void load(const TaskRow& row);
    // False: two of the rows have one guid, or one first event, as no journal makes them.
    bool finish_loading();

    const Labels<Domain>& domains() const { return domains_; }

    const Labels<Stack>& stacks() const { return stacks_; }

    // Domains that have a task in this state, by name: listings over all domains page through them.
    const absl::btree_map<std::string_view, Slot>& domains_in(State state) const {
        return domains_in_[static_cast<std::size_t>(state)];
    }

    // Stacks that have a queue, and in how many domains.
    const absl::btree_map<Slot, std::size_t>& stacks_queued() const { return stacks_queued_; }

    // What convergence looks at.
    Slot first_in_line(DueLines::Line line) const { return lines_.first(line); }

    const TimeOrder& unclaimed() const {
        return unclaimed_;
    }  // by pending_since; no limit of their own

    const TimeOrder& claim_by() const {
        return claim_by_;
    }  // by the end of their own time_to_claim

    const TimeOrder& run_until() const { return run_until_; }  // by the end of their run_timeout

    const TimeOrder& expiring() const { return expiring_; }  // by completed_at

    // From when a pending task's time to claim counts.
    Time pending_origin(const TaskRecord& task) const;
    // When a limit of the task's own ends: of its time to claim while it is pending, of its run
    // timeout while it runs. Nothing: it has none, or that never comes.
    std::optional<Time> own_deadline(const TaskRecord& task) const;

    // An acquire that waits has looked at `task` and at all before it in its queue, and found no
    // use for them. From now on, whenever one before it leaves the queue, the next one that was not
    // looked at is on offer: so no task stays unseen behind the bound of how far acquire looks.
    void note_unseen_behind(Slot task);

    // Nobody waits any more: forgets those.
    void forget_unseen() { unseen_.clear(); }

    // Tasks that became available to acquire since the last call, or that came within its reach
    // (note_unseen_behind), the oldest first.
    std::vector<Slot> take_offers() { return std::exchange(offers_, {}); }

    bool has_offers() const { return !offers_.empty(); }

    // Nobody takes them.
    void forget_offers() { offers_.clear(); }

  private:
    Slot find(std::uint64_t hash, std::string_view guid) const;
    Slot insert(const Event& event);
    void change(TaskRecord& task, const Event& event);
    template <class Change>
    void change_outcome(TaskRecord& task, const Change& change);
    void to_pending(TaskRecord& task, const Event& event);
    void to_completed(TaskRecord& task, const Event& event);
    void touch(Slot slot, const Event& event);
    void enter(Slot slot);
    void leave(Slot slot);
    void link(Slot slot, Time now);
    void unlink(Slot slot);
    void link_pending(Slot slot, Time now);
    void unlink_pending(Slot slot);
    void enqueue(Slot slot);
    void dequeue(Slot slot);
    void advance_unseen(const Queue& queue, Slot left);
    void link_deadline(Slot slot);
    void unlink_deadline(Slot slot);
    TimeOrder& deadlines_of(State state);
    void bury();
    Digest standing(const TaskRecord& task) const;
    Slot acquire(const Terms& terms);

    std::string_view executor_id(const TaskRecord& task) const {
        return task.executor == no_slot ? std::string_view() : executors_[task.executor].id;
    }

    ListKey key_for_executor(Slot slot) const;
    TaskRow row_of(Slot slot) const;

    bool births_are_distinct() const;

    bool is_live(Slot slot) const { return slot != grave_ && slab_[slot].born != 0; }

    std::vector<Slot> by_seq() const;

    Executors& executors_;
    const Clock& clock_;
    bool expires_;

    Slab<TaskRecord> slab_;
    SlotIndex by_guid_;
    std::array<std::size_t, protocol::live_states> counts_{};
    std::uint64_t opaque_bytes_ = 0;
    Digest digest_ = 0;
    Slot grave_ = no_slot;  // the task that was resolved last
    // While rows are loaded: what by_guid_ is to hold, and whether their births tell by their order
    // that they are distinct.
    std::vector<SlotIndex::Item> loaded_;
    Seq last_born_ = 0;
    bool births_ascend_ = true;
    // From here on: empty until serving begins, but for the words themselves.
    bool serving_ = false;
    Labels<Domain> domains_;
    Labels<Stack> stacks_;
    Labels<Terms> terms_;
    std::array<absl::btree_map<std::string_view, Slot>, protocol::live_states> domains_in_;
    absl::btree_map<Slot, std::size_t> stacks_queued_;
    DueLines lines_;
    TimeOrder unclaimed_;
    TimeOrder claim_by_;
    TimeOrder run_until_;
    TimeOrder expiring_;
    absl::btree_set<RipeningKey> delayed_;
    std::vector<Slot> offers_;
    // By domain and stack: where a queue was looked at up to. Of this run.
    absl::flat_hash_map<std::pair<Slot, Slot>, QueueKey> unseen_;
};

}  // namespace taskbbs::core
