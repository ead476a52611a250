// How executors come, go, own tasks and are forgotten.
#include "broker/core/executors.hpp"

#include <algorithm>

namespace taskbbs::core {

Slot Executors::find(std::string_view id) const {
    return index_.find(hash_of(id), [&](Slot slot) { return slab_[slot].id == id; });
}

Slot Executors::name(std::string_view id) {
    if (const Slot known = find(id); known != no_slot) {
        return known;
    }
    const Slot slot = slab_.take();
    slab_[slot].id = id;
    index_.insert(hash_of(id), slot);
    return slot;
}

Slot Executors::joined(const Event& event) {
    const Slot slot = name(event.executor_id);
    ExecutorRecord& executor = slab_[slot];
    if (executor.ever_joined && executor.incarnation != event.incarnation) {
        executor.former_incarnations.push_back(std::move(executor.incarnation));
        if (executor.former_incarnations.size() > remembered_incarnations) {
            executor.former_incarnations.pop_front();
        }
    }
    executor.incarnation = event.incarnation;
    executor.ever_joined = true;
    executor.present = true;
    executor.draining = false;
    executor.joined_at = event.at;
    executor.ttl = event.ttl;
    executor.phase = ExecutorRecord::Phase::fresh;
    present_.emplace(executor.id, slot);
    if (const auto left = left_at_.find(slot); left != left_at_.end()) {
        left_.erase(left->second);
        left_at_.erase(left);
    }
    review(slot);
    return slot;
}

void Executors::left(const Event& event) {
    const Slot slot = find(event.executor_id);
    if (slot == no_slot || !slab_[slot].present) {
        return;
    }
    ExecutorRecord& executor = slab_[slot];
    present_.erase(executor.id);
    executor.present = false;
    draining_ -= executor.draining ? 1 : 0;
    executor.draining = false;
    executor.stacks.clear();
    executor.free.reset();
    executor.doomed = executor.owned();
    executor.departed_by = event.origin;
    left_.emplace(event.seq, slot);
    left_at_[slot] = event.seq;
    if (executor.doomed > 0) {
        executor.lost_at = event.seq;
        being_lost_.push_back(slot);
    }
    review(slot);
    if (left_.size() > remembered) {
        forget_oldest();
    }
}

void Executors::forget_oldest() {
    const Slot slot = left_.begin()->second;
    left_.erase(left_.begin());
    left_at_.erase(slot);
    ExecutorRecord& executor = slab_[slot];
    executor.ever_joined = false;
    executor.incarnation.clear();
    executor.former_incarnations.clear();
    release(slot);
}

void Executors::drained(const Event& event) {
    const Slot slot = find(event.executor_id);
    if (slot == no_slot || !slab_[slot].present) {
        return;
    }
    ExecutorRecord& executor = slab_[slot];
    const bool on = event.kind == Kind::draining;
    draining_ += on ? 1 : 0;
    draining_ -= executor.draining ? 1 : 0;
    executor.draining = on;
}

void Executors::add_task(Slot slot, State state, ListKey key) {
    slab_[slot].tasks_in(state).insert(key);
    review(slot);
}

void Executors::remove_task(Slot slot, State state, ListKey key, Seq epoch) {
    ExecutorRecord& executor = slab_[slot];
    executor.tasks_in(state).erase(key);
    const bool owned = state == State::claimed || state == State::running;
    if (owned && executor.dooms(epoch) && --executor.doomed == 0) {
        finish_loss(slot);
    }
    review(slot);
}

void Executors::finish_loss(Slot slot) {
    slab_[slot].lost_at = 0;
    being_lost_.erase(std::find(being_lost_.begin(), being_lost_.end(), slot));
    ended_losses_.push_back(slot);
}

void Executors::review(Slot slot) {
    const ExecutorRecord& executor = slab_[slot];
    const bool is_one = !executor.present && !executor.is_being_lost() && executor.owned() > 0;
    if (is_one) {
        absent_owners_.insert(slot);
    } else {
        absent_owners_.erase(slot);
    }
}

void Executors::release(Slot slot) {
    const ExecutorRecord& executor = slab_[slot];
    const bool is_known = !executor.id.empty();  // it may have been forgotten already
    if (is_known && !executor.ever_joined && executor.owns_nothing_named()) {
        index_.erase(hash_of(executor.id), slot);
        slab_.give_back(slot);
    }
}

}  // namespace taskbbs::core
