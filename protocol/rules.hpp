// Whether a value is what its rule wants: one answer for every way to read a message
// (protocol/codec, protocol/in_order), so that they can't differ in what they take.
#pragma once

#include "protocol/fields.hpp"

#include <algorithm>
#include <concepts>
#include <limits>
#include <string_view>

namespace taskbbs::protocol {

// Of A-Z a-z 0-9 _ - alone.
bool is_name(std::string_view text);

// Its length and its letters; whether it is UTF-8 is another question (is_utf8).
inline bool is_allowed(std::string_view text, const Rule& rule) {
    const auto size = static_cast<std::int64_t>(text.size());
    return size <= rule.max && size >= rule.min && (rule.form != Rule::Form::name || is_name(text));
}

inline bool is_allowed(std::int64_t number, const Rule& rule) {
    return number >= rule.min && number <= rule.max;
}

// The rule of a number that is to fit into an Int too.
template <std::integral Int>
constexpr Rule fitting(Rule rule) {
    rule.max = std::min(rule.max, static_cast<std::int64_t>(std::numeric_limits<Int>::max()));
    return rule;
}

}  // namespace taskbbs::protocol
