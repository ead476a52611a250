// Which orders a task stands in, once the board serves.
#include "broker/core/tasks.hpp"

#include <algorithm>
#include <cassert>

namespace taskbbs::core {

namespace {

constexpr int ripened_at_once = 256;  // in one call; a tenth of a microsecond each

QueueKey queue_key(const TaskRecord& task, Slot slot) {
    return {task.pending_since, task.priority, slot};
}

}  // namespace

Time Tasks::pending_origin(const TaskRecord& task) const {
    // A stamp in the future is not_before's, which is on the scale of now.
    return task.pending_since == task.not_before ? std::max(task.not_before, clock_.serving_since())
                                                 : clock_.origin(task.pending_since);
}

ListKey Tasks::key_for_executor(Slot slot) const {
    const TaskRecord& task = slab_[slot];
    return {group_of(domains_.text(task.domain)), {task.born, slot}};
}

// What is linked comes last more often than not, so each order is asked about its end first.
void Tasks::link(Slot slot, Time now) {
    if (!serving_) {
        return;
    }
    const TaskRecord& task = slab_[slot];
    Births& listing = domains_[task.domain].listings[index(task.state)];
    if (listing.empty()) {
        domains_in_[index(task.state)].emplace(domains_.text(task.domain), task.domain);
    }
    listing.insert(listing.end(), {task.born, slot});
    if (task.executor != no_slot) {
        executors_.list_task(task.executor, task.state, key_for_executor(slot));
    }
    lines_.append(slab_, slot);
    link_deadline(slot);
    if (task.state == State::pending) {
        link_pending(slot, now);
    } else if (task.state == State::completed && expires_) {
        expiring_.insert(expiring_.end(), {task.completed_at, slot});
    }
}

void Tasks::unlink(Slot slot) {
    if (!serving_) {
        return;
    }
    const TaskRecord& task = slab_[slot];
    Births& listing = domains_[task.domain].listings[index(task.state)];
    listing.erase({task.born, slot});
    if (listing.empty()) {
        domains_in_[index(task.state)].erase(domains_.text(task.domain));
    }
    if (task.executor != no_slot) {
        executors_.unlist_task(task.executor, task.state, key_for_executor(slot));
    }
    lines_.remove(slab_, slot);
    unlink_deadline(slot);
    if (task.state == State::pending) {
        unlink_pending(slot);
    } else if (task.state == State::completed && expires_) {
        expiring_.erase({task.completed_at, slot});
    }
}

void Tasks::link_pending(Slot slot, Time now) {
    TaskRecord& task = slab_[slot];
    if (terms_of(task).time_to_claim == milliseconds{0}) {
        unclaimed_.insert(unclaimed_.end(), {task.pending_since, slot});
    }
    task.delayed = task.not_before > now;
    if (task.delayed) {
        delayed_.insert({task.not_before, task.priority, slot});
    } else {
        enqueue(slot);
    }
}

void Tasks::unlink_pending(Slot slot) {
    TaskRecord& task = slab_[slot];
    if (terms_of(task).time_to_claim == milliseconds{0}) {
        unclaimed_.erase({task.pending_since, slot});
    }
    if (task.delayed) {
        delayed_.erase({task.not_before, task.priority, slot});
        task.delayed = false;
    } else {
        dequeue(slot);
    }
}

void Tasks::enqueue(Slot slot) {
    const TaskRecord& task = slab_[slot];
    Queue& queue = domains_[task.domain].queues[task.stack];
    if (queue.empty()) {
        stacks_[task.stack].domains.insert(task.domain);
        ++stacks_queued_[task.stack];
    }
    queue.insert(queue.end(), queue_key(task, slot));
    offers_.push_back(slot);
}

void Tasks::dequeue(Slot slot) {
    const TaskRecord& task = slab_[slot];
    auto& queues = domains_[task.domain].queues;
    const auto queue = queues.find(task.stack);
    queue->second.erase(queue_key(task, slot));
    if (!unseen_.empty()) {
        advance_unseen(queue->second, slot);
    }
    if (!queue->second.empty()) {
        return;
    }
    queues.erase(queue);
    stacks_[task.stack].domains.erase(task.domain);
    if (--stacks_queued_[task.stack] == 0) {
        stacks_queued_.erase(task.stack);
    }
}

// As many lie before the mark as acquire looks at: one that leaves from there lets the one at the
// mark in.
void Tasks::advance_unseen(const Queue& queue, Slot left) {
    const TaskRecord& task = slab_[left];
    const auto mark = unseen_.find({task.domain, task.stack});
    const QueueKey key = queue_key(task, left);
    if (mark == unseen_.end() || mark->second < key) {
        return;
    }
    auto at = queue.lower_bound(mark->second);
    if (key < mark->second && at != queue.end()) {
        offers_.push_back(at->slot);
        ++at;
    }
    if (at == queue.end()) {
        unseen_.erase(mark);
    } else {
        mark->second = *at;
    }
}

void Tasks::note_unseen_behind(Slot slot) {
    const TaskRecord& task = slab_[slot];
    const Queue& queue = domains_[task.domain].queues.at(task.stack);
    const auto at = queue.upper_bound(queue_key(task, slot));
    if (at == queue.end()) {
        return;
    }
    const auto [mark, is_new] = unseen_.try_emplace({task.domain, task.stack}, *at);
    if (!is_new && *at < mark->second) {
        mark->second = *at;
    }
}

std::optional<Time> Tasks::own_deadline(const TaskRecord& task) const {
    const Terms& terms = terms_of(task);
    if (task.state == State::running && terms.run_timeout > milliseconds{0}) {
        return later(clock_.origin(task.updated_at), terms.run_timeout);
    }
    const bool has_limit = terms.time_to_claim > milliseconds{0} &&
                           terms.time_to_claim != protocol::no_time_to_claim_limit;
    return task.state == State::pending && has_limit
               ? later(pending_origin(task), terms.time_to_claim)
               : std::nullopt;
}

// Where the deadline of a task in this state stands.
TimeOrder& Tasks::deadlines_of(State state) {
    return state == State::running ? run_until_ : claim_by_;
}

void Tasks::link_deadline(Slot slot) {
    if (const auto by = own_deadline(slab_[slot])) {
        deadlines_of(slab_[slot].state).insert({*by, slot});
    }
}

void Tasks::unlink_deadline(Slot slot) {
    if (const auto by = own_deadline(slab_[slot])) {
        deadlines_of(slab_[slot].state).erase({*by, slot});
    }
}

void Tasks::ripen(Time now) {
    for (int i = 0; i < ripened_at_once && next_ripening() && *next_ripening() <= now; ++i) {
        const Slot slot = delayed_.begin()->slot;
        delayed_.erase(delayed_.begin());
        slab_[slot].delayed = false;
        enqueue(slot);
    }
}

std::optional<Time> Tasks::next_ripening() const {
    return delayed_.empty() ? std::nullopt : std::optional(delayed_.begin()->not_before);
}

void Tasks::begin_serving() {
    assert(!serving_);
    serving_ = true;
    for (const Slot slot : by_seq()) {
        link(slot, clock_.last_stamp());
    }
    offers_ = {};
}

}  // namespace taskbbs::core
