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
    return is_many() ? std::span(many.block, many.size) : std::span(&one, size());
}

std::size_t OutcomeList::count_up_to(RequestId id) const {
    const auto outcomes = all();
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
    many = {many_mark, block, size, static_cast<std::uint32_t>(capacity)};
}

Outcome& OutcomeList::insert(const Outcome& outcome) {
    const std::size_t size = this->size();
    if (size == 0) {
        return one = outcome;
    }
    if (!is_many() || size == many.capacity) {
        move_into_block(all(), 2 * size);
    }
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
        std::ranges::copy(left, many.block);
        many.size = static_cast<std::uint32_t>(left.size());
    }
}

}  // namespace taskbbs::core
