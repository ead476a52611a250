// All executors: those present, those that left (their incarnations must not come back) and those
// that own tasks without ever having been present.
#pragma once

#include "broker/core/executor_record.hpp"
#include "broker/core/name_budget.hpp"
#include "broker/core/rows.hpp"
#include "broker/core/slot_index.hpp"

#include <absl/container/btree_map.h>
#include <utility>

namespace taskbbs::core {

class Executors {
  public:
    // How many that left are remembered; then the one that left first is forgotten. Part of the
    // journal's meaning: a restart must forget the same ones.
    static constexpr std::size_t remembered = 200'000;

    Slot find(std::string_view id) const;

    ExecutorRecord& operator[](Slot slot) { return slab_[slot]; }

    const ExecutorRecord& operator[](Slot slot) const { return slab_[slot]; }

    // Applied events.
    Slot joined(const Event& event);
    void left(const Event& event);  // lost or departed
    void drained(const Event& event);

    // The executor of this name, made where it is unknown.
    Slot name(std::string_view id);
    // A task names this executor from now on, or no longer.
    void add_task(Slot slot, State state, Seq epoch);
    void remove_task(Slot slot, State state, Seq epoch);
    // The same in its listings.
    void list_task(Slot slot, State state, ListKey key);
    void unlist_task(Slot slot, State state, ListKey key);
    // Where a task leaves the board: an executor that nothing names any more may be forgotten.
    void release(Slot slot);

    std::size_t present() const { return present_.size(); }

    std::size_t draining() const { return draining_; }

    // Present ones by name, for paging.
    const absl::btree_map<std::string_view, Slot>& by_name() const { return present_; }

    // Those being lost, in the order in which they were.
    const std::deque<Slot>& being_lost() const { return being_lost_; }

    // Those whose last doomed task ended since the last call.
    std::vector<Slot> take_ended_losses() { return std::exchange(ended_losses_, {}); }

    bool has_ended_losses() const { return !ended_losses_.empty(); }

    // What a present one says that it serves, for others to see. Of many names the first few are
    // kept, where those present list too many for this bound of theirs (NameBudget).
    void list_stacks(Slot slot, const protocol::Names& stacks, std::uint64_t bound);
    void list_domains(Slot slot, const protocol::Names& domains, std::uint64_t bound);

    // Those that own tasks and are not present (nor being lost): the next pass ends their tasks.
    const absl::btree_set<Slot>& absent_owners() const { return absent_owners_; }

    // Of what the journal says of executors.
    Digest digest() const { return digest_; }

    // Rows for a snapshot: those that the journal still says something of, beyond what tasks name.
    std::vector<ExecutorRow> rows() const;
    // Into an executor that is new here; before any task.
    void load(const ExecutorRow& row);
    // All are loaded, and all tasks. False: one is being lost that owns nothing to be lost, or two
    // left by one event.
    bool finish_loading();

  private:
    class Change;
    void list(Slot slot,
              std::vector<std::string> ExecutorRecord::*listed,
              const protocol::Names& names,
              std::uint64_t bound);
    Slot find(std::uint64_t hash, std::string_view id) const;
    static bool is_remembered(const ExecutorRecord& executor);
    ExecutorRow row_of(Slot slot) const;
    void leave(Slot slot, const Event& event);
    void finish_loss(Slot slot);
    void review(Slot slot);  // is it an absent owner?
    void forget_oldest();

    Slab<ExecutorRecord> slab_;
    SlotIndex index_;
    absl::btree_map<std::string_view, Slot> present_;
    std::size_t draining_ = 0;
    std::deque<Slot> being_lost_;
    std::vector<Slot> ended_losses_;
    absl::btree_set<Slot> absent_owners_;
    absl::btree_map<Seq, Slot> left_;  // remembered ones, by the number of the event
    absl::btree_map<Slot, Seq> left_at_;
    NameBudget name_budget_;
    Digest digest_ = 0;
};

}  // namespace taskbbs::core
