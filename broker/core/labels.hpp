// Words that many tasks share (domains, stacks), kept once and counted: a record holds a 32-bit
// number.
#pragma once

#include "broker/core/slab.hpp"
#include "broker/core/slot_index.hpp"

#include <string>
#include <string_view>

namespace taskbbs::core {

// `Extra` is what else is known per label; it goes with the label.
template <class Extra>
class Labels {
  public:
    Slot find(std::string_view text) const { return find(index_hash(text), text); }

    // The label's number, made where it is new; each call wants a release() later.
    Slot acquire(std::string_view text) {
        // Mostly it is the same as the last time.
        if (acquired_ == no_slot || slab_[acquired_].text != text) {
            acquired_ = find_or_make(text);
        }
        acquire_again(acquired_);
        return acquired_;
    }

    // What acquire() gave last, unless a label has gone since; no_slot then.
    Slot acquired() const { return acquired_; }

    // The same as acquire() of its text.
    void acquire_again(Slot slot) { ++slab_[slot].uses; }

    // True when that was the last use, and the label is gone.
    bool release(Slot slot) {
        if (--slab_[slot].uses > 0) {
            return false;
        }
        index_.erase(index_hash(slab_[slot].text), slot);
        slab_.give_back(slot);
        acquired_ = no_slot;
        return true;
    }

    // Calls of acquire() without a release().
    std::uint32_t uses(Slot slot) const { return slab_[slot].uses; }

    std::string_view text(Slot slot) const { return slab_[slot].text; }

    // hash_of(text(slot))
    std::uint64_t hash(Slot slot) const { return slab_[slot].hash; }

    Extra& operator[](Slot slot) { return slab_[slot].extra; }

    const Extra& operator[](Slot slot) const { return slab_[slot].extra; }

    std::size_t size() const { return slab_.size(); }

  private:
    struct Label {
        std::string text;
        std::uint64_t hash = 0;  // of the text
        std::uint32_t uses = 0;
        Extra extra{};
    };

    Slot find(std::uint64_t hash, std::string_view text) const {
        return index_.find(hash, [&](Slot slot) { return slab_[slot].text == text; });
    }

    Slot find_or_make(std::string_view text) {
        const std::uint64_t hash = index_hash(text);
        Slot slot = find(hash, text);
        if (slot == no_slot) {
            slot = slab_.take();
            slab_[slot].text = text;
            slab_[slot].hash = hash_of(text);
            index_.insert(hash, slot);
        }
        return slot;
    }

    Slab<Label> slab_;
    SlotIndex index_;
    Slot acquired_ = no_slot;  // what acquire() gave last
};

}  // namespace taskbbs::core
