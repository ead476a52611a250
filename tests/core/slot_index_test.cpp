// From keys to slots.
#include "broker/core/slot_index.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace taskbbs::core {
namespace {

TEST_CASE("every key that was inserted is found, and none that was erased") {
    std::vector<std::string> keys;
    SlotIndex index;
    const auto find = [&](const std::string& key) {
        return index.find(index_hash(key), [&](Slot slot) { return keys[slot] == key; });
    };
    constexpr Slot count = 20'000;
    for (Slot slot = 0; slot < count; ++slot) {
        keys.push_back("key-" + std::to_string(slot));
        index.insert(index_hash(keys.back()), slot);
    }
    for (Slot slot = 0; slot < count; slot += 2) {
        index.erase(index_hash(keys[slot]), slot);
    }
    std::size_t wrong = 0;
    for (Slot slot = 0; slot < count; ++slot) {
        wrong += find(keys[slot]) == (slot % 2 == 0 ? no_slot : slot) ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK(find("never") == no_slot);
}

TEST_CASE("keys whose hashes collide are told apart by the keys themselves") {
    const std::vector<std::string> keys{"one", "two", "three"};
    SlotIndex index;
    constexpr std::uint64_t hash = 42;
    for (Slot slot = 0; slot < keys.size(); ++slot) {
        index.insert(hash, slot);
    }
    index.erase(hash, 1);
    const auto find = [&](const std::string& key) {
        return index.find(hash, [&](Slot slot) { return keys[slot] == key; });
    };
    CHECK(find("one") == 0);
    CHECK(find("two") == no_slot);
    CHECK(find("three") == 2);
}

}  // namespace
}  // namespace taskbbs::core
