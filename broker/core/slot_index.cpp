// The hash that SlotIndex is fed with.
#include "broker/core/slot_index.hpp"

#include <xxhash.h>

namespace taskbbs::core {

std::uint64_t hash_of(std::string_view key) {
    return XXH3_64bits(key.data(), key.size());
}

}  // namespace taskbbs::core
