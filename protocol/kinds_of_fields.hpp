// What kinds of C++ types stand in messages, as far as reading and writing them differ.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace taskbbs::protocol {

template <class T>
concept Structured = requires { T::fields(); };

template <class T>
concept Textual = std::same_as<T, std::string_view> || std::same_as<T, std::string>;

template <class T>
struct IsOptional : std::false_type {};

template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
struct IsVector : std::false_type {};

template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

}  // namespace taskbbs::protocol
