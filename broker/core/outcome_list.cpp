// One outcome, or a block of several.
#include "broker/core/outcome_list.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>

namespace taskbbs::core {

OutcomeList::~OutcomeList() {
    if (is_many()) {
        delete[] many.block;
    }
}

// Both forms are plain bytes, whichever of them each holds.
void OutcomeList::swap(OutcomeList& other) noexcept {
    static_assert(std::is_trivially_copyable_v<Outcome> && std::is_trivially_copyable_v<Many>);
    std::array<char, sizeof(OutcomeList)> bytes{};
    std::memcpy(bytes.data(), static_cast<void*>(this), bytes.size());
    std::memcpy(static_cast<void*>(this), static_cast<void*>(&other), bytes.size());
    std::memcpy(static_cast<void*>(&other), bytes.data(), bytes.size());
}

std::span<Outcome> OutcomeList::all() {
    return is_many() ? std::span(many.block + dropped(), many.size) : std::span(&one, size());
}

std::size_t OutcomeList::count_up_to(RequestId id) const {
    const auto outcomes = all();
    // Mostly it is one end or the other.
    if (outcomes.empty() || id < outcomes.front().id) {
        return 0;
    }
    if (id >= outcomes.back().id) {
        return outcomes.size();
    }
    const auto end = std::ranges::upper_bound(outcomes, id, {}, &Outcome::id);
    return static_cast<std::size_t>(end - outcomes.begin());
}

Outcome* OutcomeList::find(RequestId id) {
    const std::size_t below = count_up_to(id);
    Outcome* const last = below == 0 ? nullptr : &all()[below - 1];
    return last != nullptr && last->id == id ? last : nullptr;
}

void OutcomeList::move_into_block(std::span<const Outcome> outcomes, std::size_t capacity) {
    auto* const block = new Outcome[capacity];
    std::ranges::copy(outcomes, block);
    const auto size = static_cast<std::uint32_t>(outcomes.size());
    if (is_many()) {
        delete[] many.block;
    }
    many = {-1, block, size, static_cast<std::uint32_t>(capacity)};
}

// At the end of the block, for one more.
void OutcomeList::make_room() {
    if (!is_many()) {
        move_into_block(all(), 2);
    } else if (dropped() + many.size == many.capacity) {
        if (dropped() >= many.size) {
            std::ranges::copy(all(), many.block);
            many.mark = -1;
        } else {
            move_into_block(all(), 2 * std::size_t{many.size});
        }
    }
}

Outcome& OutcomeList::insert(const Outcome& outcome) {
    if (size() == 0) {
        return one = outcome;
    }
    make_room();
    const std::size_t at = count_up_to(outcome.id);
    ++many.size;
    const auto outcomes = all();
    std::move_backward(
        outcomes.begin() + static_cast<std::ptrdiff_t>(at), outcomes.end() - 1, outcomes.end());
    return outcomes[at] = outcome;
}

void OutcomeList::drop_first(std::size_t count) {
    const auto left = all().subspan(count);
    if (count == 0) {
        return;
    }
    if (left.size() <= 1) {
        const Outcome only = left.empty() ? Outcome() : left.front();
        if (is_many()) {
            delete[] many.block;
        }
        one = only;
    } else if (left.size() <= many.capacity / 4) {
        move_into_block(left, left.size());
    } else {
        many.mark -= static_cast<RequestId>(count);
        many.size = static_cast<std::uint32_t>(left.size());
    }
}

}  // namespace taskbbs::core
