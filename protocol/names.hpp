// Enumerations that travel as words: each spells its words once, in a table beside it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

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

template <Named Enum>
constexpr std::optional<Enum> named(std::string_view name) {
    for (std::size_t i = 0; i < names<Enum>.size(); ++i) {
        if (names<Enum>[i] == name) {
            return static_cast<Enum>(i);
        }
    }
    return std::nullopt;
}

}  // namespace taskbbs::protocol
