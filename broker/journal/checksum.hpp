// The two checks of the journal: CRC32C finds damage, the chain ties each batch to all before it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace taskbbs::journal {

// A 128 bit XXH3 value, in its canonical bytes.
using Chain = std::array<char, 16>;

// CRC-32C (Castagnoli), by the processor's instructions where it has them.
std::uint32_t crc32c(std::string_view bytes);

Chain xxh3(std::string_view bytes);

}  // namespace taskbbs::journal
