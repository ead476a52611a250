// The hash of a long text, by the widest registers that the processor has.
#pragma once

#include <cstdint>
#include <string_view>

namespace taskbbs::core {

// What XXH3_64bits() comes to.
std::uint64_t hash_of_long(std::string_view text);

}  // namespace taskbbs::core
