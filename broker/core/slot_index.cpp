// Two hashes of a text: one for digests, one for indexes.
#include "broker/core/slot_index.hpp"

#include "broker/core/long_hash.hpp"

#define XXH_INLINE_ALL  // keys are short: the call would cost as much as the hash
#include <xxhash.h>

namespace taskbbs::core {

namespace {

std::uint64_t index_seed = 1;  // not 0: no test shall take the one hash for the other

}  // namespace

void seed_indexes(std::uint64_t seed) {
    index_seed = seed;
}

std::uint64_t hash_of(std::string_view text) {
    constexpr std::size_t longest_without_loop = XXH3_MIDSIZE_MAX;
    return text.size() <= longest_without_loop ? XXH3_64bits(text.data(), text.size())
                                               : hash_of_long(text);
}

std::uint64_t index_hash(std::string_view key) {
    return XXH3_64bits_withSeed(key.data(), key.size(), index_seed);
}

}  // namespace taskbbs::core
