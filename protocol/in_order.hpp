// The fast way back from what encode() wrote: one walk over the bytes, without a Document. A
// message's fields come in the order of its list, any of them left out, in the forms that Packer
// writes; out of order they are taken too, only slower. Whatever looks different (an unknown field,
// one twice, nil, a str for a bin) is not taken: ask decode(), which takes more. What is taken
// here, decode() takes as the same message: both ask protocol/rules. (Items are left to be read one
// by one.)
#pragma once

#include "protocol/document.hpp"
#include "protocol/messages.hpp"
#include "protocol/names.hpp"
#include "protocol/rules.hpp"
#include "protocol/time.hpp"

#include <boost/endian/conversion.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace taskbbs::protocol {

// Walks packed bytes. Total: reads nothing outside of them, whatever they are. Each call takes what
// stands next into `out`, or says no; then where it stands means nothing any more. (It gives no
// std::optional: GCC passes those through memory in pieces, which costs more than the reading.)
class PackedWalk {
  public:
    // `bytes` outlive it, and every text that it gave.
    explicit PackedWalk(std::string_view bytes)
        : at_(reinterpret_cast<const unsigned char*>(bytes.data())), end_(at_ + bytes.size()) {}

    bool at_end() const { return at_ == end_; }

    // Its number of keys.
    bool map(std::uint32_t& out) {
        if (!stands(0xf0, 0x80)) {
            return large_map(out);
        }
        out = *at_++ & 0x0fU;
        return true;
    }

    // Its number of items.
    bool array(std::uint32_t& out) {
        if (!stands(0xf0, 0x90)) {
            return large_array(out);
        }
        out = *at_++ & 0x0fU;
        return true;
    }

    bool boolean(bool& out) {
        if (!stands(0xfe, 0xc2)) {
            return false;
        }
        out = *at_++ == 0xc3;
        return true;
    }

    bool integer(std::int64_t& out) {
        if (stands(0x80, 0x00) || stands(0xe0, 0xe0)) {
            out = static_cast<std::int8_t>(*at_++);
            return true;
        }
        return stands(0xff, 0xcf) ? unsigned_64(out) : narrow_integer(out);
    }

    bool str(std::string_view& out) {
        if (stands(0xe0, 0xa0)) {
            return bytes(*at_++ & 0x1fU, out);
        }
        return stands(0xff, 0xd9) ? short_bytes(out) : long_str(out);
    }

    bool bin(std::string_view& out) {
        return stands(0xff, 0xc4) ? short_bytes(out) : long_bin(out);
    }

    // The next value, whatever it is, as it is packed. (Not how deep it goes, nor whether a map has
    // a key twice: who reads it will see.)
    bool any(std::string_view& out);

    // Takes the str `key` if it is what stands next. Its size is the compiler's to know: then it is
    // compared in an instruction or two.
    template <std::size_t size>
    bool take(const char* key) {
        static_assert(size < 32, "a longer str begins otherwise");
        // Mostly it is another one, and its first byte says so.
        if (!stands(0xff, 0xa0U | size) || left() <= size ||
            !are_same<size>(reinterpret_cast<const char*>(at_ + 1), key)) {
            return false;
        }
        at_ += 1 + size;
        return true;
    }

    // Where it stands.
    const char* at() const { return reinterpret_cast<const char*>(at_); }

  private:
    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

    // Whether the next byte is this one, in the bits of the mask.
    bool stands(unsigned mask, unsigned tag) const { return !at_end() && (*at_ & mask) == tag; }

    bool bytes(std::size_t size, std::string_view& out) {
        if (size > left()) {
            return false;
        }
        out = {reinterpret_cast<const char*>(at_), size};
        at_ += size;
        return true;
    }

    // The number behind the tag that stands next.
    template <std::integral Int, std::integral Out>
    bool number(Out& out) {
        if (left() < 1 + sizeof(Int)) {
            return false;
        }
        out = boost::endian::endian_load<Int, sizeof(Int), boost::endian::order::big>(at_ + 1);
        at_ += 1 + sizeof(Int);
        return true;
    }

    // Above 2^63-1 none at all, as in a Document.
    bool unsigned_64(std::int64_t& out) { return number<std::int64_t>(out) && out >= 0; }

    // Whose length is one byte.
    bool short_bytes(std::string_view& out) {
        std::size_t size = 0;
        return number<std::uint8_t>(size) && bytes(size, out);
    }

    bool large_map(std::uint32_t& out);
    bool large_array(std::uint32_t& out);
    bool narrow_integer(std::int64_t& out);
    bool long_str(std::string_view& out);
    bool long_bin(std::string_view& out);
    bool long_bytes(unsigned first_tag, std::string_view& out);
    bool pass(std::uint64_t& left_to_pass);

    const unsigned char* at_;
    const unsigned char* end_;
};

// ---- one value -------------------------------------------------------------------------------
// Rules are the compiler's to know, too: most come to a comparison or none.

template <Rule rule>
bool read_in_order(PackedWalk& walk, std::string_view& out) {
    constexpr bool is_bytes = rule.form == Rule::Form::bytes;
    constexpr bool is_ascii = rule.form == Rule::Form::name;  // if it is allowed
    return (is_bytes ? walk.bin(out) : walk.str(out)) && is_allowed(out, rule) &&
           (is_bytes || is_ascii || is_utf8(out));
}

template <Rule rule>
bool read_in_order(PackedWalk& walk, bool& out) {
    return walk.boolean(out);
}

template <Rule rule, std::integral Int>
bool read_in_order(PackedWalk& walk, Int& out) {
    std::int64_t value = 0;
    if (!walk.integer(value) || !is_allowed(value, fitting<Int>(rule))) {
        return false;
    }
    out = static_cast<Int>(value);
    return true;
}

template <Rule rule, class Rep, class Period>
bool read_in_order(PackedWalk& walk, std::chrono::duration<Rep, Period>& out) {
    std::int64_t count = 0;
    const bool taken = read_in_order<rule>(walk, count);
    out = std::chrono::duration<Rep, Period>(count);
    return taken;
}

template <Rule rule>
bool read_in_order(PackedWalk& walk, Time& out) {
    Duration since{};
    const bool taken = read_in_order<rule>(walk, since);
    out = Time(since);
    return taken;
}

template <Rule rule, Named E>
bool read_in_order(PackedWalk& walk, E& out) {
    std::string_view word;
    if (!walk.str(word)) {
        return false;
    }
    const auto known = named<E>(word);
    out = known.value_or(E{});
    return known.has_value();
}

template <Rule rule>
bool read_in_order(PackedWalk& walk, Holding& out) {
    std::uint32_t count = 0;
    return walk.array(count) && count == 2 && read_in_order<rule>(walk, out.guid) &&
           read_in_order<number()>(walk, out.epoch);
}

template <Rule rule>
bool read_in_order(PackedWalk& walk, Items& out) {
    if (!walk.array(out.count)) {
        return false;
    }
    const char* const begin = walk.at();
    std::string_view item;
    for (std::uint32_t i = 0; i < out.count; ++i) {
        if (!walk.any(item)) {
            return false;
        }
    }
    out.packed = {begin, static_cast<std::size_t>(walk.at() - begin)};
    return true;
}

template <Rule rule, class T>
bool read_in_order(PackedWalk& walk, std::optional<T>& out);
template <Rule rule, class T>
bool read_in_order(PackedWalk& walk, std::vector<T>& out);
template <Rule rule, class Message>
    requires requires { Message::fields(); }
bool read_in_order(PackedWalk& walk, Message& out);

template <Rule rule, class T>
bool read_in_order(PackedWalk& walk, std::optional<T>& out) {
    return read_in_order<rule>(walk, out.emplace());
}

template <Rule rule, class T>
bool read_in_order(PackedWalk& walk, std::vector<T>& out) {
    std::uint32_t count = 0;
    if (!walk.array(count) || count > rule.max_items) {
        return false;
    }
    out.clear();
    for (; count > 0; --count) {
        if (!read_in_order<rule>(walk, out.emplace_back())) {
            return false;
        }
    }
    return true;
}

// ---- whole messages --------------------------------------------------------------------------

// What of the messages within it a message holds: of a task, a requester says what is its own.
template <class Message>
constexpr std::uint8_t views_within = std::same_as<Message, DesireArgs> ? desired : every_view;

// Fills `out` from the map that stands next; what is left out keeps its value. False: it is not to
// be taken; `out` is partly filled then.
template <std::uint8_t views, class Message>
bool read_fields(PackedWalk& walk, Message& out) {
    static constexpr auto fields = Message::fields();
    constexpr std::size_t count = std::tuple_size_v<decltype(fields)>;
    static_assert(count <= 64);
    std::uint32_t left = 0;
    if (!walk.map(left)) {
        return false;
    }
    std::uint64_t seen = 0;
    // False: the message is not to be taken.
    const auto pass = [&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
        constexpr const auto& field = std::get<i>(fields);
        if ((field.views & views) == 0 || left == 0 ||
            !walk.take<field.name.size()>(field.name.data())) {
            return true;
        }
        constexpr std::uint64_t bit = std::uint64_t{1} << i;
        const bool again = (seen & bit) != 0;
        seen |= bit;
        --left;
        using Member = std::remove_cvref_t<decltype(out.*field.member)>;
        if constexpr (std::same_as<Member, TaskView>) {
            return !again && read_fields<views_within<Message>>(walk, out.*field.member);
        } else {
            return !again && read_in_order<field.rule>(walk, out.*field.member);
        }
    };
    // A pass takes a run of fields that are in order: mostly, all.
    do {
        const std::uint32_t before = left;
        const bool fits = [&]<std::size_t... i>(std::index_sequence<i...>) {
            return (pass(std::integral_constant<std::size_t, i>()) && ...);
        }(std::make_index_sequence<count>());
        if (!fits || (left == before && left > 0)) {
            return false;
        }
    } while (left > 0);
    constexpr std::uint64_t required = []<std::size_t... i>(std::index_sequence<i...>) {
        return (std::uint64_t{0} | ... |
                (std::get<i>(fields).rule.required && (std::get<i>(fields).views & views) != 0
                     ? std::uint64_t{1} << i
                     : 0));
    }(std::make_index_sequence<count>());
    return (seen & required) == required;
}

template <Rule rule, class Message>
    requires requires { Message::fields(); }
bool read_in_order(PackedWalk& walk, Message& out) {
    return read_fields<every_view>(walk, out);
}

// The same for bytes that hold one message and nothing else.
template <class Message>
bool decode_in_order(std::string_view bytes, Message& out) {
    PackedWalk walk(bytes);
    return read_fields<every_view>(walk, out) && walk.at_end();
}

}  // namespace taskbbs::protocol
