// A slot in an order by something of eight bytes. Boards hold two of these for each task, and more
// for some: cut into halves, which no compiler pads, it takes 12 bytes and not 16.
#pragma once

#include "broker/core/slab.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace taskbbs::core {

template <class By>
class SlotBy {
  public:
    SlotBy() = default;

    SlotBy(By by, Slot slot) : halves_(std::bit_cast<Halves>(by)), slot_(slot) {}

    By by() const { return std::bit_cast<By>(halves_); }

    Slot slot() const { return slot_; }

    bool operator<(const SlotBy& other) const {
        return by() != other.by() ? by() < other.by() : slot_ < other.slot_;
    }

  private:
    using Halves = std::array<std::uint32_t, 2>;

    Halves halves_{};
    Slot slot_ = no_slot;
};

static_assert(sizeof(SlotBy<std::int64_t>) == 12);

}  // namespace taskbbs::core
