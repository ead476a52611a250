// How an event changes a task (section 3 of docs/protocol.md, the drawing), and what of it goes
// into a snapshot. Which orders it stands in is said in tasks_orders.cpp.
#include "broker/core/tasks.hpp"

#include <algorithm>

namespace taskbbs::core {

Slot Tasks::find(std::uint64_t hash, std::string_view guid) const {
    return by_guid_.find(hash,
                         [&](Slot slot) { return slot != grave_ && slab_[slot].guid() == guid; });
}

TaskView Tasks::view(Slot slot) const {
    const TaskRecord& task = slab_[slot];
    const Terms& terms = terms_of(task);
    const auto [guid, type, annotation, payload] = task.request();
    const auto [container_handle, failure_reason, rejection_reason, result] = task.outcome();
    return {
        .guid = guid,
        .domain = domains_.text(task.domain),
        .stack = stacks_.text(task.stack),
        .type = type,
        .priority = task.priority,
        .payload = payload,
        .annotation = annotation,
        .memory_mb = terms.memory_mb,
        .disk_mb = terms.disk_mb,
        .cpu_percent = terms.cpu_percent,
        .max_rejections = terms.max_rejections,
        .on_executor_lost = terms.on_executor_lost,
        .run_timeout = terms.run_timeout,
        .time_to_claim = terms.time_to_claim,
        .not_before = task.not_before,
        .created_at = task.created_at,
        .pending_since = task.pending_since,
        .updated_at = task.updated_at,
        .completed_at = task.completed_at,
        .seq = task.seq,
        .state = task.state,
        .executor_id = executor_id(task),
        .container_handle = container_handle,
        .epoch = task.epoch,
        .failed = task.failed,
        .failure_reason = failure_reason,
        .result = result,
        .rejection_count = task.rejection_count,
        .rejection_reason = rejection_reason,
        .payload_size = static_cast<std::int64_t>(payload.size()),
        .annotation_size = static_cast<std::int64_t>(annotation.size()),
        .result_size = static_cast<std::int64_t>(result.size()),
    };
}

// ---- applying --------------------------------------------------------------------------------

Slot Tasks::apply(const Event& event) {
    bury();
    if (event.kind == Kind::desired) {
        return insert(event);
    }
    const Slot slot = event.task != no_slot ? event.task : find(event.guid);
    if (slot == no_slot) {
        return no_slot;
    }
    if (event.kind == Kind::kicked) {
        touch(slot, event);
        return slot;
    }
    unlink(slot);
    leave(slot);
    TaskRecord& task = slab_[slot];
    change(task, event);
    task.state = event.to;
    task.seq = event.seq;
    task.updated_at = event.at;
    task.kicks = 0;
    if (event.kind == Kind::resolved) {
        digest_ -= request_digest(task.born, task.request());
        digest_ -= outcome_digest(task.born, task.outcome());
        grave_ = slot;
        return slot;
    }
    enter(slot);
    link(slot, event.at);
    return slot;
}

Slot Tasks::insert(const Event& event) {
    const TaskView& desired = *event.desired;
    const Slot slot = slab_.take();
    TaskRecord& task = slab_[slot];
    task.created_at = desired.created_at == protocol::no_time ? event.at : desired.created_at;
    task.not_before = desired.not_before;
    task.pending_since = std::max(event.at, desired.not_before);
    task.updated_at = event.at;
    task.born = task.seq = event.seq;
    task.domain = domains_.acquire(desired.domain);
    task.stack = stacks_.acquire(desired.stack);
    task.terms = acquire(Terms::of(desired));
    task.priority = desired.priority;
    task.set_request(desired);
    by_guid_.insert(index_hash(task.guid()), slot);
    digest_ += request_digest(task.born, task.request());
    enter(slot);
    link(slot, event.at);
    return slot;
}

Slot Tasks::acquire(const Terms& terms) {
    // Mostly they are those of the last time. Asked field by field: to read in one piece what was
    // just written in several waits for all that was written before.
    const Slot last = terms_.acquired();
    if (last != no_slot && terms_[last] == terms) {
        terms_.acquire_again(last);
        return last;
    }
    const Slot slot = terms_.acquire(terms.bytes());
    if (terms_.uses(slot) == 1) {
        terms_[slot] = terms;
    }
    return slot;
}

// Into all that is counted over the tasks, and out of it.
void Tasks::enter(Slot slot) {
    TaskRecord& task = slab_[slot];
    task.standing = standing(task);
    digest_ += task.standing;
    opaque_bytes_ += task.opaque_bytes();
    ++counts_[index(task.state)];
    if (task.executor != no_slot) {
        executors_.add_task(task.executor, task.state, task.epoch);
    }
}

void Tasks::leave(Slot slot) {
    const TaskRecord& task = slab_[slot];
    digest_ -= task.standing;
    opaque_bytes_ -= task.opaque_bytes();
    --counts_[index(task.state)];
    if (task.executor != no_slot) {
        executors_.remove_task(task.executor, task.state, task.epoch);
    }
}

template <class Change>
void Tasks::change_outcome(TaskRecord& task, const Change& change) {
    digest_ -= outcome_digest(task.born, task.outcome());
    change();
    digest_ += outcome_digest(task.born, task.outcome());
}

void Tasks::change(TaskRecord& task, const Event& event) {
    if (event.rejection) {
        task.rejection_count = event.rejection->count;
        change_outcome(task, [&] { task.set_rejection_reason(event.rejection->reason); });
    }
    switch (event.to) {
        case State::pending:
            to_pending(task, event);
            break;
        case State::claimed:
            task.executor = executors_.name(event.executor_id);
            task.epoch = event.seq;
            break;
        case State::running:
            change_outcome(task, [&] { task.set_container_handle(event.container_handle); });
            break;
        case State::completed:
            to_completed(task, event);
            break;
        case State::resolving:
            task.epoch = event.seq;
            break;
        case State::resolved:
            task.epoch = 0;
            break;
    }
}

void Tasks::to_pending(TaskRecord& task, const Event& event) {
    const bool waits_anew = event.kind == Kind::rejected || event.kind == Kind::requeued;
    if (event.not_before) {
        task.not_before = *event.not_before;
    }
    if (waits_anew) {
        task.pending_since = std::max(event.at, task.not_before);
    }
    const Slot executor = std::exchange(task.executor, no_slot);
    change_outcome(task, [&] { task.set_container_handle({}); });
    task.epoch = 0;
    if (executor != no_slot) {
        executors_.release(executor);
    }
}

void Tasks::to_completed(TaskRecord& task, const Event& event) {
    task.epoch = 0;
    if (event.ending) {
        task.failed = event.ending->failed;
        change_outcome(
            task, [&] { task.set_failure(event.ending->failure_reason, event.ending->result); });
        task.completed_at = event.at;
    }
}

void Tasks::touch(Slot slot, const Event& event) {
    TaskRecord& task = slab_[slot];
    if (serving_) {
        lines_.remove(slab_, slot);
    }
    digest_ -= task.standing;
    task.kicks = std::min<std::uint8_t>(task.kicks + 1, DueLines::max_kicks);
    task.seq = event.seq;
    task.updated_at = event.at;
    task.standing = standing(task);
    digest_ += task.standing;
    if (serving_) {
        lines_.append(slab_, slot);
    }
}

// A resolved task stays readable, in no index but by_guid_, until the next event.
void Tasks::bury() {
    const Slot slot = std::exchange(grave_, no_slot);
    if (slot == no_slot) {
        return;
    }
    const TaskRecord& task = slab_[slot];
    by_guid_.erase(index_hash(task.guid()), slot);
    domains_.release(task.domain);
    stacks_.release(task.stack);
    terms_.release(task.terms);
    if (task.executor != no_slot) {
        executors_.release(task.executor);
    }
    slab_.give_back(slot);
}

// ---- rows ------------------------------------------------------------------------------------

Digest Tasks::standing(const TaskRecord& task) const {
    static const Digest of_nobody = hash_of({});
    return standing_digest(
        numbers_of(task, terms_of(task)),
        {.domain = domains_.hash(task.domain),
         .stack = stacks_.hash(task.stack),
         .executor = task.executor == no_slot ? of_nobody : executors_[task.executor].hash});
}

TaskRow Tasks::row_of(Slot slot) const {
    const TaskRecord& task = slab_[slot];
    return {.numbers = numbers_of(task, terms_of(task)),
            .domain = domains_.text(task.domain),
            .stack = stacks_.text(task.stack),
            .executor_id = executor_id(task),
            .guid = task.guid(),
            .type = task.type(),
            .annotation = task.annotation(),
            .payload = task.payload(),
            .container_handle = task.container_handle(),
            .failure_reason = task.failure_reason(),
            .rejection_reason = task.rejection_reason(),
            .result = task.result()};
}

std::vector<Slot> Tasks::by_seq() const {
    std::vector<std::pair<Seq, Slot>> order;
    order.reserve(slab_.size());
    for (Slot slot = 0; slot < slab_.bound(); ++slot) {
        if (is_live(slot)) {
            order.emplace_back(slab_[slot].seq, slot);
        }
    }
    if (!std::ranges::is_sorted(order)) {  // as after a snapshot with little behind it
        std::ranges::sort(order);
    }
    std::vector<Slot> slots(order.size());
    std::ranges::transform(order, slots.begin(), &std::pair<Seq, Slot>::second);
    return slots;
}

bool Tasks::births_are_distinct() const {
    if (births_ascend_) {
        return true;
    }
    std::vector<Seq> births;
    births.reserve(slab_.size());
    for (Slot slot = 0; slot < slab_.bound(); ++slot) {
        if (is_live(slot)) {
            births.push_back(slab_[slot].born);
        }
    }
    if (!std::ranges::is_sorted(births)) {
        std::ranges::sort(births);
    }
    return std::ranges::adjacent_find(births) == births.end();
}

void Tasks::load(const TaskRow& row) {
    const Slot slot = slab_.take();
    loaded_.push_back({index_hash(row.guid), slot});
    births_ascend_ = births_ascend_ && row.numbers.born > last_born_;
    last_born_ = row.numbers.born;
    TaskRecord& task = slab_[slot];
    set_numbers(task, row.numbers);
    task.domain = domains_.acquire(row.domain);
    task.stack = stacks_.acquire(row.stack);
    task.terms = acquire(core::terms_of(row.numbers));
    task.executor = row.executor_id.empty() ? no_slot : executors_.name(row.executor_id);
    task.set_request(
        {.guid = row.guid, .type = row.type, .payload = row.payload, .annotation = row.annotation});
    task.set_outcome({row.container_handle, row.failure_reason, row.rejection_reason, row.result});
    digest_ +=
        request_digest(task.born, task.request()) + outcome_digest(task.born, task.outcome());
    enter(slot);
}

bool Tasks::finish_loading() {
    const auto have_same_guid = [this](Slot a, Slot b) {
        return slab_[a].guid() == slab_[b].guid();
    };
    return by_guid_.fill(std::exchange(loaded_, {}), have_same_guid) && births_are_distinct();
}

}  // namespace taskbbs::core
