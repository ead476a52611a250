// The fast way back from what encode() wrote: one walk over the bytes, without a Document. A
// message's fields must come in the order of its list, in the forms that Packer writes; any of them
// may be left out. Whatever looks different (another order, an unknown field, nil, a str for a bin)
// is not taken: ask decode(), which takes more. What is taken here, decode() takes as the same
// message: both ask protocol/rules. Knows the types of what events hold: no lists.
#pragma once

#include "protocol/document.hpp"
#include "protocol/names.hpp"
#include "protocol/rules.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace taskbbs::protocol {

// Walks packed bytes. Total: reads nothing outside of them, whatever they are. Each call takes what
// stands next, or says no; then where it stands means nothing any more.
class PackedWalk {
  public:
    // `bytes` outlive it, and every text that it gave.
    explicit PackedWalk(std::string_view bytes)
        : at_(reinterpret_cast<const unsigned char*>(bytes.data())), end_(at_ + bytes.size()) {}

    bool at_end() const { return at_ == end_; }

    // Its number of keys.
    std::optional<std::uint32_t> map() {
        return stands(0xf0, 0x80) ? std::optional<std::uint32_t>(*at_++ & 0x0fU) : large_map();
    }

    std::optional<bool> boolean() {
        return stands(0xfe, 0xc2) ? std::optional(*at_++ == 0xc3) : std::nullopt;
    }

    std::optional<std::int64_t> integer() {
        const bool is_short = stands(0x80, 0x00) || stands(0xe0, 0xe0);
        return is_short ? std::optional<std::int64_t>(static_cast<std::int8_t>(*at_++))
                        : wide_integer();
    }

    std::optional<std::string_view> str() {
        return stands(0xe0, 0xa0) ? bytes(*at_++ & 0x1fU) : long_str();
    }

    std::optional<std::string_view> bin();

    // Takes the str `key` if it is what stands next. Its size is the compiler's to know: then it is
    // compared in an instruction or two.
    template <std::size_t size>
    bool take(const char* key) {
        static_assert(size < 32, "a longer str begins otherwise");
        // Mostly it is another one, and its first byte says so.
        if (!stands(0xff, 0xa0U | size) || left() <= size || std::memcmp(at_ + 1, key, size) != 0) {
            return false;
        }
        at_ += 1 + size;
        return true;
    }

  private:
    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

    // Whether the next byte is this one, in the bits of the mask.
    bool stands(unsigned mask, unsigned tag) const { return !at_end() && (*at_ & mask) == tag; }

    std::optional<std::string_view> bytes(std::optional<std::size_t> size) {
        if (!size || *size > left()) {
            return std::nullopt;
        }
        const std::string_view taken(reinterpret_cast<const char*>(at_), *size);
        at_ += *size;
        return taken;
    }

    template <class Int>
    std::optional<Int> number();
    std::optional<std::uint32_t> large_map();
    std::optional<std::int64_t> wide_integer();
    std::optional<std::string_view> long_str();
    std::optional<std::string_view> wide_bytes(unsigned first_tag);

    const unsigned char* at_;
    const unsigned char* end_;
};

// ---- one value -------------------------------------------------------------------------------

inline bool read_in_order(PackedWalk& walk, std::string_view& out, const Rule& rule) {
    const bool is_bytes = rule.form == Rule::Form::bytes;
    const auto text = is_bytes ? walk.bin() : walk.str();
    if (!text || !is_allowed(*text, rule)) {
        return false;
    }
    out = *text;
    const bool is_ascii = rule.form == Rule::Form::name;  // it is allowed, so it is
    return is_bytes || is_ascii || is_utf8(*text);
}

inline bool read_in_order(PackedWalk& walk, bool& out, const Rule& /*rule*/) {
    const auto value = walk.boolean();
    out = value.value_or(false);
    return value.has_value();
}

template <std::integral Int>
bool read_in_order(PackedWalk& walk, Int& out, const Rule& rule) {
    const auto value = walk.integer();
    if (!value || !is_allowed(*value, fitting<Int>(rule))) {
        return false;
    }
    out = static_cast<Int>(*value);
    return true;
}

template <class Rep, class Period>
bool read_in_order(PackedWalk& walk, std::chrono::duration<Rep, Period>& out, const Rule& rule) {
    std::int64_t count = 0;
    const bool taken = read_in_order(walk, count, rule);
    out = std::chrono::duration<Rep, Period>(count);
    return taken;
}

inline bool read_in_order(PackedWalk& walk, Time& out, const Rule& rule) {
    Duration since{};
    const bool taken = read_in_order(walk, since, rule);
    out = Time(since);
    return taken;
}

template <Named E>
bool read_in_order(PackedWalk& walk, E& out, const Rule& /*rule*/) {
    const auto word = walk.str();
    const auto known = word ? named<E>(*word) : std::nullopt;
    out = known.value_or(E{});
    return known.has_value();
}

template <class T>
bool read_in_order(PackedWalk& walk, std::optional<T>& out, const Rule& rule) {
    return read_in_order(walk, out.emplace(), rule);
}

// ---- whole messages --------------------------------------------------------------------------

// Fills `out` from the map that stands next; what is left out keeps its value. False: it is not
// what encode() writes of a Message; `out` is partly filled then.
template <class Message>
    requires requires { Message::fields(); }
bool read_in_order(PackedWalk& walk, Message& out, const Rule& /*rule*/ = {}) {
    static constexpr auto fields = Message::fields();
    const auto keys = walk.map();
    if (!keys) {
        return false;
    }
    std::uint32_t left = *keys;
    // False: the message is not to be taken.
    const auto pass = [&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
        constexpr const auto& field = std::get<i>(fields);
        if (left == 0 || !walk.take<field.name.size()>(field.name.data())) {
            return !field.rule.required;
        }
        --left;
        return read_in_order(walk, out.*field.member, field.rule);
    };
    const bool whole = [&]<std::size_t... i>(std::index_sequence<i...>) {
        return (pass(std::integral_constant<std::size_t, i>()) && ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(fields)>>());
    return whole && left == 0;
}

// The same for bytes that hold one message and nothing else.
template <class Message>
bool decode_in_order(std::string_view bytes, Message& out) {
    PackedWalk walk(bytes);
    return read_in_order(walk, out) && walk.at_end();
}

}  // namespace taskbbs::protocol
