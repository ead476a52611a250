// xxHash's choice at run time can't be inlined, as short keys want it (slot_index.cpp): each of the
// two needs a file of its own.
#include "broker/core/long_hash.hpp"

#ifdef __x86_64__
#include <xxh_x86dispatch.h>  // puts its own names before those of xxhash.h
#else
#include <xxhash.h>
#endif

namespace taskbbs::core {

std::uint64_t hash_of_long(std::string_view text) {
    return XXH3_64bits(text.data(), text.size());
}

}  // namespace taskbbs::core
