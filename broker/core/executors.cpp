// How executors come, go, own tasks and are forgotten.
#include "broker/core/executors.hpp"

#include <algorithm>

namespace taskbbs::core {

namespace {

bool is_owned(State state) {
    return state == State::claimed || state == State::running;
}

}  // namespace

// Takes an executor's share out of the digest, and puts in what it is when the change is over.
class Executors::Change {
  public:
    Change(Executors& executors, Slot slot) : executors_(executors), slot_(slot) {
        executors_.digest_ -= share();
    }

    ~Change() { executors_.digest_ += share(); }

    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

  private:
    Digest share() const {
        return is_remembered(executors_.slab_[slot_]) ? digest_of(executors_.row_of(slot_)) : 0;
    }

    Executors& executors_;
    Slot slot_;
};

Slot Executors::find(std::uint64_t hash, std::string_view id) const {
    return index_.find(hash, [&](Slot slot) { return slab_[slot].id == id; });
}

Slot Executors::find(std::string_view id) const {
    return find(index_hash(id), id);
}

Slot Executors::name(std::string_view id) {
    const std::uint64_t hash = index_hash(id);
    if (const Slot known = find(hash, id); known != no_slot) {
        return known;
    }
    const Slot slot = slab_.take();
    slab_[slot].id = id;
    slab_[slot].hash = hash_of(id);
    index_.insert(hash, slot);
    return slot;
}

Slot Executors::joined(const Event& event) {
    const Slot slot = name(event.executor_id);
    const Change change(*this, slot);
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
    leave(slot, event);
    if (left_.size() > remembered) {
        forget_oldest();
    }
}

void Executors::leave(Slot slot, const Event& event) {
    const Change change(*this, slot);
    ExecutorRecord& executor = slab_[slot];
    present_.erase(executor.id);
    executor.present = false;
    draining_ -= executor.draining ? 1 : 0;
    executor.draining = false;
    name_budget_.change(executor.listed(), 0);
    executor.stacks = {};
    executor.domains = {};
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
}

// They are the same mostly, and then nothing is allocated.
void Executors::list(Slot slot,
                     std::vector<std::string> ExecutorRecord::*listed,
                     const protocol::Names& names,
                     std::uint64_t bound) {
    std::vector<std::string>& noted = slab_[slot].*listed;
    if (std::equal(noted.begin(), noted.end(), names.begin(), names.end())) {
        return;
    }
    const std::size_t before = slab_[slot].listed();
    const std::size_t now = before - noted.size() + names.size();
    const bool fits = name_budget_.has_room(before, now, bound);
    const std::size_t kept = fits ? names.size() : std::min(names.size(), NameBudget::free_names);
    noted = {names.begin(), names.begin() + static_cast<std::ptrdiff_t>(kept)};
    name_budget_.change(before, slab_[slot].listed());
}

void Executors::list_stacks(Slot slot, const protocol::Names& stacks, std::uint64_t bound) {
    list(slot, &ExecutorRecord::stacks, stacks, bound);
}

void Executors::list_domains(Slot slot, const protocol::Names& domains, std::uint64_t bound) {
    list(slot, &ExecutorRecord::domains, domains, bound);
}

void Executors::forget_oldest() {
    const Slot slot = left_.begin()->second;
    {
        const Change change(*this, slot);
        left_.erase(left_.begin());
        left_at_.erase(slot);
        ExecutorRecord& executor = slab_[slot];
        executor.ever_joined = false;
        executor.incarnation.clear();
        executor.former_incarnations.clear();
    }
    release(slot);
}

void Executors::drained(const Event& event) {
    const Slot slot = find(event.executor_id);
    if (slot == no_slot || !slab_[slot].present) {
        return;
    }
    const Change change(*this, slot);
    ExecutorRecord& executor = slab_[slot];
    const bool on = event.kind == Kind::draining;
    draining_ += on ? 1 : 0;
    draining_ -= executor.draining ? 1 : 0;
    executor.draining = on;
}

void Executors::add_task(Slot slot, State state, Seq epoch) {
    ExecutorRecord& executor = slab_[slot];
    ++executor.named_in(state);
    executor.doomed += is_owned(state) && executor.dooms(epoch) ? 1 : 0;
    review(slot);
}

void Executors::remove_task(Slot slot, State state, Seq epoch) {
    ExecutorRecord& executor = slab_[slot];
    --executor.named_in(state);
    if (is_owned(state) && executor.dooms(epoch) && --executor.doomed == 0) {
        finish_loss(slot);
    }
    review(slot);
}

void Executors::list_task(Slot slot, State state, ListKey key) {
    Listing& tasks = slab_[slot].tasks_in(state);
    tasks.insert(tasks.end(), key);
}

void Executors::unlist_task(Slot slot, State state, ListKey key) {
    slab_[slot].tasks_in(state).erase(key);
}

void Executors::finish_loss(Slot slot) {
    const Change change(*this, slot);
    slab_[slot].lost_at = 0;
    being_lost_.erase(std::find(being_lost_.begin(), being_lost_.end(), slot));
    ended_losses_.push_back(slot);
}

void Executors::review(Slot slot) {
    ExecutorRecord& executor = slab_[slot];
    const bool is_one = !executor.present && !executor.is_being_lost() && executor.owned() > 0;
    if (is_one == executor.is_absent_owner) {
        return;
    }
    executor.is_absent_owner = is_one;
    if (is_one) {
        absent_owners_.insert(slot);
    } else {
        absent_owners_.erase(slot);
    }
}

void Executors::release(Slot slot) {
    const ExecutorRecord& executor = slab_[slot];
    const bool is_known = !executor.id.empty();  // it may have been forgotten already
    if (is_known && !executor.ever_joined && !executor.is_named()) {
        index_.erase(index_hash(executor.id), slot);
        slab_.give_back(slot);
    }
}

// ---- rows ------------------------------------------------------------------------------------

bool Executors::is_remembered(const ExecutorRecord& executor) {
    return executor.ever_joined || executor.is_being_lost();
}

ExecutorRow Executors::row_of(Slot slot) const {
    const ExecutorRecord& executor = slab_[slot];
    const auto left = left_at_.find(slot);
    ExecutorRow row{.id = executor.id,
                    .present = executor.present,
                    .draining = executor.draining,
                    .ever_joined = executor.ever_joined,
                    .incarnation = executor.incarnation,
                    .former_incarnations = {executor.former_incarnations.begin(),
                                            executor.former_incarnations.end()},
                    .joined_at = executor.joined_at,
                    .ttl = executor.ttl,
                    .left_at = left == left_at_.end() ? 0 : left->second,
                    .lost_at = executor.lost_at};
    if (executor.is_being_lost()) {
        row.departed_by = executor.departed_by.session;
        row.departed_id = executor.departed_by.id;
    }
    return row;
}

std::vector<ExecutorRow> Executors::rows() const {
    std::vector<ExecutorRow> rows;
    const auto add = [&](Slot slot) { rows.push_back(row_of(slot)); };
    for (const auto& [name, slot] : present_) {
        add(slot);
    }
    for (const auto& [seq, slot] : left_) {
        add(slot);
    }
    // Those that were forgotten, but for the tasks that they lose.
    for (const Slot slot : being_lost_) {
        if (!slab_[slot].present && !left_at_.contains(slot)) {
            add(slot);
        }
    }
    return rows;
}

void Executors::load(const ExecutorRow& row) {
    const Slot slot = name(row.id);
    const Change change(*this, slot);
    ExecutorRecord& executor = slab_[slot];
    executor.present = row.present;
    executor.draining = row.draining;
    executor.ever_joined = row.ever_joined;
    executor.incarnation = row.incarnation;
    executor.former_incarnations.assign(row.former_incarnations.begin(),
                                        row.former_incarnations.end());
    executor.joined_at = row.joined_at;
    executor.ttl = row.ttl;
    executor.lost_at = row.lost_at;
    executor.departed_by = {.session = row.departed_by, .id = row.departed_id};
    if (row.present) {
        present_.emplace(executor.id, slot);
        draining_ += row.draining ? 1 : 0;
    }
    if (row.left_at != 0) {
        left_.emplace(row.left_at, slot);
        left_at_[slot] = row.left_at;
    }
    if (row.lost_at != 0) {
        being_lost_.push_back(slot);
    }
}

bool Executors::finish_loading() {
    const auto lost_at = [this](Slot slot) { return slab_[slot].lost_at; };
    const auto has_nothing = [this](Slot slot) { return slab_[slot].doomed == 0; };
    std::ranges::sort(being_lost_, {}, lost_at);
    const bool one_an_event =
        left_.size() == left_at_.size() &&
        std::ranges::adjacent_find(being_lost_, {}, lost_at) == being_lost_.end();
    return one_an_event && std::ranges::none_of(being_lost_, has_nothing);
}

}  // namespace taskbbs::core
