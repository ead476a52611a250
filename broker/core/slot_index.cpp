// The hash that SlotIndex is fed with.
#include "broker/core/slot_index.hpp"

#define XXH_INLINE_ALL  // keys are short: the call would cost as much as the hash
#include <xxhash.h>

namespace taskbbs::core {

std::uint64_t hash_of(std::string_view key) {
    return XXH3_64bits(key.data(), key.size());
}

}  // namespace taskbbs::core
