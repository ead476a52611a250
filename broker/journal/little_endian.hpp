// Numbers as little-endian bytes, whatever the machine.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace taskbbs::journal {

// Writes `value` to `out`; returns the end.
template <typename Number>
char* put(char* out, Number value) {
    std::array<char, sizeof(Number)> bytes{};
    std::memcpy(bytes.data(), &value, bytes.size());
    if constexpr (std::endian::native == std::endian::big) std::reverse(bytes.begin(), bytes.end());
    std::memcpy(out, bytes.data(), bytes.size());
    return out + bytes.size();
}

// Reads the number at `offset`, which is inside of `bytes`.
template <typename Number>
Number get(std::string_view bytes, std::size_t offset) {
    std::array<char, sizeof(Number)> found{};
    std::memcpy(found.data(), bytes.data() + offset, found.size());
    if constexpr (std::endian::native == std::endian::big) std::reverse(found.begin(), found.end());
    Number value{};
    std::memcpy(&value, found.data(), found.size());
    return value;
}

}  // namespace taskbbs::journal
