// Enumerations that travel as words: each spells its words once, in a table beside it.
#pragma once

#include <array>
#include <cstddef>
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

template <Named Enum>
constexpr std::string_view name_of(Enum value) {
    return names<Enum>[static_cast<std::size_t>(value)];
}

// Unrolled: so that each comparison is with a word of known length.
template <Named Enum>
constexpr std::optional<Enum> named(std::string_view name) {
    std::optional<Enum> found;
    const auto is = [&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
        constexpr std::string_view word = names<Enum>[i];
        if (name.size() != word.size() ||
            std::string_view::traits_type::compare(name.data(), word.data(), word.size()) != 0) {
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
