// Records in chunks that never move: a slot is a 32-bit number, growth costs one chunk, and nothing
// is allocated per record.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace taskbbs::core {

using Slot = std::uint32_t;
inline constexpr Slot no_slot = UINT32_MAX;

// T is default-made when its slot is taken and reset when the slot is given back.
template <class T>
class Slab {
  public:
    Slot take() {
        ++size_;
        if (!free_.empty()) {
            const Slot slot = free_.back();
            free_.pop_back();
            return slot;
        }
        if (used_ == chunks_.size() * chunk_size) {
            chunks_.emplace_back(chunk_size);
        }
        return used_++;
    }

    void give_back(Slot slot) {
        (*this)[slot] = T{};
        free_.push_back(slot);
        --size_;
    }

    T& operator[](Slot slot) {
        assert(slot < used_);
        return chunks_[slot / chunk_size][slot % chunk_size];
    }

    const T& operator[](Slot slot) const {
        assert(slot < used_);
        return chunks_[slot / chunk_size][slot % chunk_size];
    }

    std::size_t size() const { return size_; }

    // Slots below it were taken, and perhaps given back since.
    Slot bound() const { return used_; }

  private:
    static constexpr std::size_t chunk_size = 1024;

    std::vector<std::vector<T>> chunks_;  // none of them grows
    std::deque<Slot> free_;               // a deque: growing it moves nothing
    Slot used_ = 0;
    std::size_t size_ = 0;
};

}  // namespace taskbbs::core
