// From messages to bytes. First it is told how much room the bytes take at most; then they are
// written one behind the other without another look at the room.
#include "protocol/codec.hpp"
#include "protocol/every_message.hpp"
#include "protocol/kinds_of_fields.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace taskbbs::protocol {

namespace {

// What of a message is written.
struct Look {
    Defaults defaults = Defaults::keep;
    std::uint8_t views = whole;
};

template <class T>
concept Message = Structured<T> && !std::same_as<T, Ordinals>;

template <class T>
concept AnyTask = std::same_as<T, TaskView> || std::same_as<T, Task>;

template <Message T>
std::size_t room_of(const T& message, Look look);
template <Message T>
char* put(char* at, const T& message, Look look);

// ---- the room that a value takes -------------------------------------------------------------

template <Textual T>
std::size_t room_of(const T& text, Look /*look*/) {
    return head_room + text.size();
}

template <class T>
    requires std::integral<T> || std::same_as<T, Time> || std::same_as<T, milliseconds>
std::size_t room_of(const T& /*value*/, Look /*look*/) {
    return number_room;
}

template <Named E>
std::size_t room_of(E value, Look /*look*/) {
    return head_room + name_of(value).size();
}

std::size_t room_of(const Items& items, Look /*look*/) {
    return head_room + items.packed.size();
}

std::size_t room_of(const Holding& holding, Look look) {
    return head_room + room_of(holding.guid, look) + number_room;
}

std::size_t room_of(const Ordinals& /*ordinals*/, Look look) {
    std::size_t room = head_room;
    for (const std::string_view name : names<Stream>) {
        room += room_of(name, look) + number_room;
    }
    return room;
}

template <class T>
std::size_t room_of(const std::vector<T>& list, Look look) {
    std::size_t room = head_room;
    for (const T& item : list) {
        room += room_of(item, look);
    }
    return room;
}

template <class T>
std::size_t room_of(const std::optional<T>& value, Look look) {
    return value ? room_of(*value, look) : number_room;
}

// ---- writing a value -------------------------------------------------------------------------

template <Textual T>
char* put(char* at, const T& value, const Rule& rule) {
    return rule.form == Rule::Form::bytes ? put_bin(at, value) : put_str(at, value);
}

char* put(char* at, bool value, const Rule& /*rule*/) {
    return put_boolean(at, value);
}

template <std::integral T>
char* put(char* at, T value, const Rule& /*rule*/) {
    return put_integer(at, static_cast<std::int64_t>(value));
}

char* put(char* at, Time value, const Rule& /*rule*/) {
    return put_integer(at, value.time_since_epoch().count());
}

char* put(char* at, milliseconds value, const Rule& /*rule*/) {
    return put_integer(at, value.count());
}

template <Named E>
char* put(char* at, E value, const Rule& /*rule*/) {
    return put_str(at, name_of(value));
}

char* put(char* at, const Items& items, const Rule& /*rule*/) {
    return put_raw(put_array_head(at, items.count), items.packed);
}

char* put(char* at, const Holding& holding, const Rule& /*rule*/) {
    return put_integer(put_str(put_array_head(at, 2), holding.guid), holding.epoch);
}

char* put(char* at, const Ordinals& ordinals, const Rule& /*rule*/) {
    at = put_map_head(at, static_cast<std::uint32_t>(stream_count));
    for (std::size_t i = 0; i < stream_count; ++i) {
        at = put_integer(put_str(at, names<Stream>[i]), ordinals.of[i]);
    }
    return at;
}

template <Message T>
char* put(char* at, const T& value, const Rule& /*rule*/) {
    return put(at, value, Look{});
}

template <class T>
char* put(char* at, const std::vector<T>& list, const Rule& rule) {
    at = put_array_head(at, static_cast<std::uint32_t>(list.size()));
    for (const T& item : list) {
        at = put(at, item, rule);
    }
    return at;
}

// ---- whole messages --------------------------------------------------------------------------

template <class T>
bool is_default(const T& value, const T& standard) {
    if constexpr (IsVector<T>::value) {
        return value.empty();
    } else if constexpr (std::same_as<T, Items>) {
        return value.count == 0;
    } else if constexpr (Structured<T> || Named<T>) {
        return false;
    } else {
        return value == standard;
    }
}

template <class T>
const T& defaults_of() {
    static const T standard{};
    return standard;
}

template <class T, class F>
bool is_written(const T& message, const F& field, Look look) {
    using Member = std::remove_cvref_t<decltype(message.*field.member)>;
    if ((field.views & look.views) == 0) {
        return false;
    }
    if (field.rule.always || field.rule.required) {
        return true;
    }
    if constexpr (IsOptional<Member>::value) {
        return (message.*field.member).has_value();
    } else {
        return look.defaults == Defaults::keep ||
               !is_default(message.*field.member, defaults_of<T>().*field.member);
    }
}

// A field's name as it is packed: copied in an instruction or two.
template <class T, std::size_t i>
constexpr auto key = [] {
    constexpr std::string_view name = std::get<i>(T::fields()).name;
    static_assert(name.size() < 32);
    std::array<char, 1 + name.size()> packed{};
    packed[0] = static_cast<char>(0xa0 | name.size());
    std::copy(name.begin(), name.end(), packed.begin() + 1);
    return packed;
}();

// Calls `with` for the number of each field, as something that the compiler knows.
template <class T, class With>
void for_each_field(const With& with) {
    [&]<std::size_t... i>(std::index_sequence<i...>) {
        (with(std::integral_constant<std::size_t, i>()), ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(T::fields())>>());
}

template <class T, std::size_t i>
constexpr auto field_of = std::get<i>(T::fields());

// A task within a message is looked at as the message is, everything else whole.
template <class Member>
Look look_at(Look look) {
    return AnyTask<Member> ? look : Look{};
}

template <Message T>
std::size_t room_of(const T& message, Look look) {
    std::size_t room = head_room;
    for_each_field<T>([&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
        constexpr const auto& field = field_of<T, i>;
        const auto& member = message.*field.member;
        if ((field.views & look.views) != 0) {
            room += key<T, i>.size() +
                    room_of(member, look_at<std::remove_cvref_t<decltype(member)>>(look));
        }
    });
    return room;
}

template <Message T>
std::uint64_t written_of(const T& message, Look look) {
    static_assert(std::tuple_size_v<decltype(T::fields())> <= 64);
    std::uint64_t written = 0;
    for_each_field<T>([&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
        written |= is_written(message, field_of<T, i>, look) ? std::uint64_t{1} << i : 0;
    });
    return written;
}

template <class T>
char* put_member(char* at, const T& value, const Rule& rule, Look look) {
    if constexpr (IsOptional<T>::value) {
        return value ? put(at, *value, rule) : put_nil(at);
    } else if constexpr (AnyTask<T>) {
        return put(at, value, look);
    } else {
        return put(at, value, rule);
    }
}

template <Message T>
char* put(char* at, const T& message, Look look) {
    const std::uint64_t written = written_of(message, look);
    at = put_map_head(at, static_cast<std::uint32_t>(std::popcount(written)));
    for_each_field<T>([&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
        if ((written >> i & 1) == 0) {
            return;
        }
        constexpr const auto& field = field_of<T, i>;
        std::memcpy(at, key<T, i>.data(), key<T, i>.size());
        at = put_member(at + key<T, i>.size(), message.*field.member, field.rule, look);
    });
    return at;
}

}  // namespace

template <class T>
void encode(Packer& packer, const T& message, Defaults defaults, std::uint8_t views) {
    const Look look{defaults, views};
    char* const at = packer.open_room(room_of(message, look));
    packer.close_room(put(at, message, look));
}

// A type in parentheses would be no declaration.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define TASKBBS_ENCODE(Message) \
    template void encode(Packer&, const Message&, Defaults, std::uint8_t);
TASKBBS_EVERY_MESSAGE(TASKBBS_ENCODE)
#undef TASKBBS_ENCODE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace taskbbs::protocol
