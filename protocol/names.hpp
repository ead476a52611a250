// Enumerations that travel as words: each spells its words once, in a table beside it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace taskbbs::protocol {

// Specialised beside each enumeration that has words on the wire; indexed by the enumerator.
template <class Enum>
inline constexpr std::array<std::string_view, 0> names{};

template <class Enum>
concept Named = !names<Enum>.empty();

// Whether the next `size` bytes are the same. The size is the compiler's to know: then one or two
// comparisons of words do it, where it would call memcmp.
template <std::size_t size>
inline bool are_same(const char* a, const char* b) {
    const auto same = [&]<class Word>(Word /*type*/, std::size_t at) {
        Word one;
        Word two;
        std::memcpy(&one, a + at, sizeof(Word));
        std::memcpy(&two, b + at, sizeof(Word));
        return one == two;
    };
    if constexpr (size > 16) {
        return std::memcmp(a, b, size) == 0;
    } else if constexpr (size >= 8) {
        return same(std::uint64_t{}, 0) && same(std::uint64_t{}, size - 8);
    } else if constexpr (size >= 4) {
        return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
    } else if constexpr (size >= 2) {
        return same(std::uint16_t{}, 0) && same(std::uint16_t{}, size - 2);
    } else {
        return size == 0 || *a == *b;
    }
}

template <Named Enum>
constexpr std::string_view name_of(Enum value) {
    return names<Enum>[static_cast<std::size_t>(value)];
}

// Unrolled: so that each comparison is with a word of known length.
template <Named Enum>
std::optional<Enum> named(std::string_view name) {
    std::optional<Enum> found;
    const auto is = [&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
        constexpr std::string_view word = names<Enum>[i];
        if (name.size() != word.size() || !are_same<word.size()>(name.data(), word.data())) {
            return false;
        }
        found = static_cast<Enum>(i);
        return true;
    };
    [&]<std::size_t... i>(std::index_sequence<i...>) {
        static_cast<void>((is(std::integral_constant<std::size_t, i>()) || ...));
    }(std::make_index_sequence<names<Enum>.size()>());
    return found;
}

}  // namespace taskbbs::protocol
