// A message is spelled once: a plain struct and, in `fields()`, the list of its fields with their
// names on the wire and the rules of docs/protocol.md, section 3 and 4. Encoding, decoding and
// documents all follow from that list (protocol/codec.hpp).
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace taskbbs::protocol {

inline constexpr std::int64_t max_integer = std::numeric_limits<std::int64_t>::max();

// What a value must be like. Lengths are in bytes; a list's rule holds for its items.
struct Rule {
    enum class Form : std::uint8_t {
        text,    // str, UTF-8
        name,    // str of A-Z a-z 0-9 _ -
        bytes,   // bin or str
        number,  // int, or what is counted by one
    };
    Form form = Form::number;
    std::int64_t min = 0;
    std::int64_t max = max_integer;
    bool too_large = false;      // longer than max: `too_large`, not `invalid_request`
    std::int64_t max_items = 0;  // of a list
    bool required = false;       // absence is `invalid_request`
    bool always = false;         // written even where it is the default
};

// Which renderings of a task hold a field (section 3), and whether a requester may set it.
enum View : std::uint8_t {
    whole = 1,
    header = 2,
    slim = 4,
    desired = 8,
    every_view = 15,
};

template <class Owner, class Member>
struct Field {
    std::string_view name;
    Member Owner::*member;
    Rule rule;
    std::uint8_t views = every_view;
};

// What clang 16 can't deduce by itself.
template <class Owner, class Member>
Field(std::string_view, Member Owner::*, Rule, std::uint8_t = every_view) -> Field<Owner, Member>;

constexpr Rule text(std::int64_t max) {
    return {.form = Rule::Form::text, .max = max};
}

constexpr Rule limited_text(std::int64_t max) {
    return {.form = Rule::Form::text, .max = max, .too_large = true};
}

constexpr Rule name(std::int64_t min, std::int64_t max) {
    return {.form = Rule::Form::name, .min = min, .max = max};
}

constexpr Rule required_name(std::int64_t max) {
    return {.form = Rule::Form::name, .min = 1, .max = max, .required = true};
}

constexpr Rule names_of(std::int64_t min, std::int64_t max, std::int64_t items) {
    return {.form = Rule::Form::name, .min = min, .max = max, .max_items = items};
}

constexpr Rule bytes() {
    return {.form = Rule::Form::bytes};
}

constexpr Rule number(std::int64_t min = 0, std::int64_t max = max_integer) {
    return {.min = min, .max = max};
}

}  // namespace taskbbs::protocol
