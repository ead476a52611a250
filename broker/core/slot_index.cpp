// The hash that SlotIndex is fed with.
#include "broker/core/slot_index.hpp"

#include "broker/core/long_hash.hpp"

#define XXH_INLINE_ALL  // keys are short: the call would cost as much as the hash
#include <xxhash.h>

namespace taskbbs::core {

std::uint64_t hash_of(std::string_view key) {
    constexpr std::size_t longest_without_loop = XXH3_MIDSIZE_MAX;
    return key.size() <= longest_without_loop ? XXH3_64bits(key.data(), key.size())
                                              : hash_of_long(key);
}

}  // namespace taskbbs::core
