// From a key to a slot: a hash set of slots whose keys stay in the records. It is cut into shards
// so that growing never holds the loop: a shard of a board of ten million tasks is rehashed in well
// under a millisecond, from the stored hashes alone.
#pragma once

#include "broker/core/slab.hpp"

#include <absl/container/flat_hash_set.h>
#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <numeric>
#include <ranges>
#include <string_view>
#include <vector>

namespace taskbbs::core {

// The same in every process: digests are made of it.
std::uint64_t hash_of(std::string_view text);

// Under the seed, which a process draws for itself: nobody can choose keys that all lie in one
// place. Nothing that anybody sees depends on it.
std::uint64_t index_hash(std::string_view key);

// Once, before the first index is filled; not thread-safe.
void seed_indexes(std::uint64_t seed);

class SlotIndex {
  public:
    // The slot under `hash` for which is_key(slot) holds, or no_slot.
    template <class IsKey>
    Slot find(std::uint64_t hash, const IsKey& is_key) const {
        const Shard& shard = shards_[shard_of(hash)];
        const auto found = shard.find(Probe<IsKey>{tag_of(hash), is_key});
        return found == shard.end() ? no_slot : found->slot;
    }

    // The key must not be there yet.
    void insert(std::uint64_t hash, Slot slot) {
        shards_[shard_of(hash)].insert(Entry{tag_of(hash), slot});
    }

    struct Item {
        std::uint64_t hash;
        Slot slot;
    };

    // Many at once, shard by shard: one by one, each would wait for a place in memory of its own.
    // False: is_same(two slots of one hash) holds somewhere; the index is of no use then.
    template <class IsSame>
    bool fill(std::vector<Item> items, const IsSame& is_same) {
        std::vector<Item> sorted(items.size());
        std::vector<std::size_t> ends = shard_ends(items);
        for (const Item& item : items | std::views::reverse) {
            sorted[--ends[shard_of(item.hash)]] = item;
        }
        items = {};
        return std::ranges::all_of(sorted, [&](const Item& item) {
            const auto is_it = [&](Slot other) { return is_same(other, item.slot); };
            return insert_new(item, is_it);
        });
    }

    // It must be there, under this hash.
    void erase(std::uint64_t hash, Slot slot) {
        [[maybe_unused]] const std::size_t erased =
            shards_[shard_of(hash)].erase(Entry{tag_of(hash), slot});
        assert(erased == 1);
    }

  private:
    struct Entry {
        std::uint32_t tag;
        Slot slot;
    };

    template <class IsKey>
    struct Probe {
        std::uint32_t tag;
        const IsKey& is_key;
    };

    struct Hash {
        using is_transparent = void;

        template <class Key>
        std::size_t operator()(const Key& key) const {
            return key.tag * 0x9E3779B97F4A7C15ULL;
        }
    };

    struct Equal {
        using is_transparent = void;

        bool operator()(const Entry& a, const Entry& b) const { return a.slot == b.slot; }

        template <class IsKey>
        bool operator()(const Entry& a, const Probe<IsKey>& b) const {
            return a.tag == b.tag && b.is_key(a.slot);
        }
    };

    using Shard = absl::flat_hash_set<Entry, Hash, Equal>;

    template <class IsKey>
    bool insert_new(const Item& item, const IsKey& is_key) {
        const Probe<IsKey> probe{tag_of(item.hash), is_key};
        bool is_new = false;
        shards_[shard_of(item.hash)].lazy_emplace(probe, [&](const auto& make) {
            make(Entry{probe.tag, item.slot});
            is_new = true;
        });
        return is_new;
    }

    // Behind which place each shard's items end, once they are sorted; room is made for them.
    std::vector<std::size_t> shard_ends(const std::vector<Item>& items) {
        std::vector<std::size_t> ends(shards_.size());
        for (const Item& item : items) {
            ++ends[shard_of(item.hash)];
        }
        for (std::size_t i = 0; i < shards_.size(); ++i) {
            shards_[i].reserve(shards_[i].size() + ends[i]);
        }
        std::partial_sum(ends.begin(), ends.end(), ends.begin());
        return ends;
    }

    static constexpr unsigned shard_bits = 10;

    static std::size_t shard_of(std::uint64_t hash) { return hash >> (64 - shard_bits); }

    static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }

    std::vector<Shard> shards_ = std::vector<Shard>(std::size_t{1} << shard_bits);
};

}  // namespace taskbbs::core
