// How each C++ type looks on the wire, and the loop over a message's fields.
#include "protocol/codec.hpp"

#include "protocol/rules.hpp"

#include <concepts>
#include <fmt/format.h>
#include <type_traits>

namespace taskbbs::protocol {

namespace {

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

using MaybeFault = std::optional<Fault>;

Fault fault(std::string_view field, std::string message) {
    return {.field = field, .message = std::move(message)};
}

// ---- decoding one value ----------------------------------------------------------------------

MaybeFault check_text(std::string_view field, std::string_view text, const Rule& rule) {
    if (is_allowed(text, rule)) {
        return std::nullopt;
    }
    const auto size = static_cast<std::int64_t>(text.size());
    if (size > rule.max) {
        return Fault{
            .status = rule.too_large ? Status::too_large : Status::invalid_request,
            .field = field,
            .message =
                fmt::format("{} has {} bytes; at most {} are allowed", field, size, rule.max),
            .limit = rule.max,
        };
    }
    if (size < rule.min) {
        return fault(field, fmt::format("{} must not be empty", field));
    }
    return fault(field, fmt::format("{} may hold only A-Z a-z 0-9 _ -", field));
}

template <Textual T>
MaybeFault decode_value(std::string_view field, Value value, T& out, const Rule& rule) {
    const bool takes_bin = rule.form == Rule::Form::bytes;
    std::optional<std::string_view> text = value.str();
    if (!text && takes_bin) {
        text = value.bin();
    }
    if (!text) {
        return fault(field, fmt::format("{} must be a {}", field, takes_bin ? "bin" : "str"));
    }
    if (!takes_bin && !value.utf8()) {
        return fault(field, fmt::format("{} is not valid UTF-8", field));
    }
    out = *text;
    return check_text(field, *text, rule);
}

MaybeFault decode_value(std::string_view field, Value value, bool& out, const Rule&) {
    const std::optional<bool> given = value.boolean();
    if (!given) {
        return fault(field, fmt::format("{} must be true or false", field));
    }
    out = *given;
    return std::nullopt;
}

MaybeFault decode_integer(std::string_view field,
                          Value value,
                          std::int64_t& out,
                          const Rule& rule) {
    const std::optional<std::int64_t> given = value.integer();
    if (!given || !is_allowed(*given, rule)) {
        return fault(field, fmt::format("{} must be an int {}..{}", field, rule.min, rule.max));
    }
    out = *given;
    return std::nullopt;
}

template <std::integral T>
MaybeFault decode_value(std::string_view field, Value value, T& out, const Rule& rule) {
    std::int64_t wide = 0;
    MaybeFault wrong = decode_integer(field, value, wide, fitting<T>(rule));
    if (!wrong) {
        out = static_cast<T>(wide);
    }
    return wrong;
}

MaybeFault decode_value(std::string_view field, Value value, Time& out, const Rule& rule) {
    std::int64_t count = 0;
    MaybeFault wrong = decode_integer(field, value, count, rule);
    out = Time{Duration{count}};
    return wrong;
}

MaybeFault decode_value(std::string_view field, Value value, milliseconds& out, const Rule& rule) {
    std::int64_t count = 0;
    MaybeFault wrong = decode_integer(field, value, count, rule);
    out = milliseconds{count};
    return wrong;
}

template <Named E>
MaybeFault decode_value(std::string_view field, Value value, E& out, const Rule&) {
    const std::optional<E> known = named<E>(value.str().value_or(std::string_view()));
    if (!known) {
        return fault(field, fmt::format("{} must be one of: {}", field, fmt::join(names<E>, " ")));
    }
    out = *known;
    return std::nullopt;
}

MaybeFault decode_value(std::string_view field, Value value, Items& out, const Rule&) {
    if (value.type() != Type::array) {
        return fault(field, fmt::format("{} must be an array", field));
    }
    out.array = value;
    out.count = static_cast<std::uint32_t>(value.size());
    return std::nullopt;
}

MaybeFault decode_value(std::string_view field, Value value, Holding& out, const Rule& rule) {
    if (value.type() != Type::array || value.size() != 2) {
        return fault(field, fmt::format("{} must hold pairs [guid, epoch]", field));
    }
    auto item = value.begin();
    const MaybeFault wrong = decode_value(field, *item, out.guid, rule);
    return wrong ? wrong : decode_value(field, *++item, out.epoch, number());
}

template <class T>
MaybeFault decode_value(std::string_view field,
                        Value value,
                        std::vector<T>& out,
                        const Rule& rule) {
    if (value.type() != Type::array) {
        return fault(field, fmt::format("{} must be an array", field));
    }
    if (static_cast<std::int64_t>(value.size()) > rule.max_items) {
        return fault(field, fmt::format("{} may have at most {} items", field, rule.max_items));
    }
    out.clear();
    for (const Value item : value) {
        if (MaybeFault wrong = decode_value(field, item, out.emplace_back(), rule)) {
            return wrong;
        }
    }
    return std::nullopt;
}

MaybeFault decode_value(std::string_view field, Value value, Ordinals& out, const Rule&) {
    if (value.type() != Type::map) {
        return fault(field, fmt::format("{} must be a map", field));
    }
    for (std::size_t i = 0; i < stream_count; ++i) {
        out.of[i] = value.at(names<Stream>[i]).integer().value_or(0);
    }
    return std::nullopt;
}

template <Structured T>
    requires(!std::same_as<T, Ordinals>)
MaybeFault decode_value(std::string_view field, Value value, T& out, const Rule&) {
    if (value.type() != Type::map) {
        return fault(field, fmt::format("{} must be a map", field));
    }
    return decode(value, out);
}

template <class T>
MaybeFault decode_value(std::string_view field,
                        Value value,
                        std::optional<T>& out,
                        const Rule& rule) {
    return decode_value(field, value, out.emplace(), rule);
}

// ---- encoding one value ----------------------------------------------------------------------

template <Textual T>
void encode_value(Packer& packer, const T& value, const Rule& rule) {
    rule.form == Rule::Form::bytes ? packer.bin(value) : packer.str(value);
}

void encode_value(Packer& packer, bool value, const Rule&) {
    packer.boolean(value);
}

template <std::integral T>
void encode_value(Packer& packer, T value, const Rule&) {
    packer.integer(static_cast<std::int64_t>(value));
}

void encode_value(Packer& packer, Time value, const Rule&) {
    packer.integer(value.time_since_epoch().count());
}

void encode_value(Packer& packer, milliseconds value, const Rule&) {
    packer.integer(value.count());
}

template <Named E>
void encode_value(Packer& packer, E value, const Rule&) {
    packer.str(name_of(value));
}

void encode_value(Packer& packer, const Items& items, const Rule&) {
    packer.array(items.count);
    packer.raw(items.packed);
}

void encode_value(Packer& packer, const Holding& holding, const Rule&) {
    packer.array(2);
    packer.str(holding.guid);
    packer.integer(holding.epoch);
}

template <class T>
void encode_value(Packer& packer, const std::vector<T>& list, const Rule& rule) {
    packer.array(static_cast<std::uint32_t>(list.size()));
    for (const T& item : list) {
        encode_value(packer, item, rule);
    }
}

void encode_value(Packer& packer, const Ordinals& ordinals, const Rule&) {
    packer.map(static_cast<std::uint32_t>(stream_count));
    for (std::size_t i = 0; i < stream_count; ++i) {
        packer.str(names<Stream>[i]);
        packer.integer(ordinals.of[i]);
    }
}

template <Structured T>
    requires(!std::same_as<T, Ordinals>)
void encode_value(Packer& packer, const T& value, const Rule&) {
    encode(packer, value);
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

template <class Message>
const Message& defaults_of() {
    static const Message standard{};
    return standard;
}

template <class Message, class F>
bool is_written(const Message& message, const F& field, Defaults defaults, std::uint8_t views) {
    using Member = std::remove_cvref_t<decltype(message.*field.member)>;
    if ((field.views & views) == 0) {
        return false;
    }
    if (field.rule.always || field.rule.required) {
        return true;
    }
    if constexpr (IsOptional<Member>::value) {
        return (message.*field.member).has_value();
    } else {
        return defaults == Defaults::keep ||
               !is_default(message.*field.member, defaults_of<Message>().*field.member);
    }
}

}  // namespace

template <class Message>
std::optional<Fault> decode(Value map, Message& out, std::uint8_t views) {
    static constexpr auto fields = Message::fields();
    if (map.type() != Type::map) {
        return fault({}, "a map was expected");
    }
    MaybeFault wrong;
    auto take = [&](const auto& field, Value value) {
        if constexpr (std::same_as<Message, DesireArgs>) {
            // What a requester can't set is ignored, whatever it is (section 4, desire).
            if (value.type() == Type::map) {
                wrong = decode(value, out.task, desired);
                return;
            }
        }
        wrong = decode_value(field.name, value, out.*field.member, field.rule);
    };
    for (auto entry = map.begin(); entry != map.end() && !wrong; ++entry) {
        const std::optional<std::string_view> key = (*entry).str();
        const Value value = *++entry;
        if (!key || value.is_nil()) {
            continue;
        }
        std::apply(
            [&](const auto&... field) {
                static_cast<void>(((field.name == *key && (field.views & views) != 0 &&
                                    (take(field, value), true)) ||
                                   ...));
            },
            fields);
    }
    auto missing = [&](const auto& field) {
        const bool absent =
            field.rule.required && (field.views & views) != 0 && map.at(field.name).is_nil();
        if (absent && !wrong) {
            wrong = fault(field.name, fmt::format("{} is missing", field.name));
        }
    };
    std::apply([&](const auto&... field) { (missing(field), ...); }, fields);
    return wrong;
}

template <class Message>
void encode(Packer& packer, const Message& message, Defaults defaults, std::uint8_t views) {
    static constexpr auto fields = Message::fields();
    std::apply(
        [&](const auto&... field) {
            const std::uint32_t count =
                (0U + ... + (is_written(message, field, defaults, views) ? 1U : 0U));
            packer.map(count);
        },
        fields);
    auto put = [&](const auto& field) {
        if (!is_written(message, field, defaults, views)) {
            return;
        }
        packer.str(field.name);
        const auto& value = message.*field.member;
        using Member = std::remove_cvref_t<decltype(value)>;
        if constexpr (IsOptional<Member>::value) {
            value ? encode_value(packer, *value, field.rule) : packer.nil();
        } else if constexpr (std::same_as<Member, TaskView> || std::same_as<Member, Task>) {
            encode(packer, value, defaults, views);
        } else {
            encode_value(packer, value, field.rule);
        }
    };
    std::apply([&](const auto&... field) { (put(field), ...); }, fields);
}

namespace {

// `bytes_field`: the field of `map` whose str is bytes.
bool has_valid_texts_but(Value map, std::string_view bytes_field) {
    for (auto entry = map.begin(); entry != map.end(); ++entry) {
        const Value key = *entry;
        const Value value = *++entry;
        const bool is_bytes = key.str() == bytes_field && value.type() == Type::str;
        if (!key.utf8_within() || (!is_bytes && !value.utf8_within())) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool has_valid_texts(Verb verb, Value args) {
    if (args.utf8_within()) {
        return true;
    }
    if (verb == Verb::complete) {
        return has_valid_texts_but(args, "result");
    }
    if (verb != Verb::desire) {
        return false;
    }
    for (auto entry = args.begin(); entry != args.end(); ++entry) {
        const Value key = *entry;
        const Value value = *++entry;
        const bool is_task = key.str() == "task" && value.type() == Type::map;
        if (!key.utf8_within() ||
            !(is_task ? has_valid_texts_but(value, "payload") : value.utf8_within())) {
            return false;
        }
    }
    return true;
}

namespace {

template <class To, class From>
To converted(const From& from) {
    To to;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        constexpr auto sources = From::fields();
        constexpr auto targets = To::fields();
        ((to.*std::get<I>(targets).member = from.*std::get<I>(sources).member), ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(From::fields())>>{});
    return to;
}

}  // namespace

Task own(const TaskView& view) {
    return converted<Task>(view);
}

TaskView view_of(const Task& task) {
    return converted<TaskView>(task);
}

// The messages of the contract. A type in parentheses would be no declaration.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define TASKBBS_MESSAGE(Message)                                         \
    template std::optional<Fault> decode(Value, Message&, std::uint8_t); \
    template void encode(Packer&, const Message&, Defaults, std::uint8_t)
// NOLINTEND(bugprone-macro-parentheses)

TASKBBS_MESSAGE(TaskView);
TASKBBS_MESSAGE(Task);
TASKBBS_MESSAGE(TaskEventView);
TASKBBS_MESSAGE(ExecutorEventView);
TASKBBS_MESSAGE(Tick);
TASKBBS_MESSAGE(Refusal);
TASKBBS_MESSAGE(HelloArgs);
TASKBBS_MESSAGE(HelloReply);
TASKBBS_MESSAGE(DesireArgs);
TASKBBS_MESSAGE(SeqReply);
TASKBBS_MESSAGE(ClaimArgs);
TASKBBS_MESSAGE(OwnedReply);
TASKBBS_MESSAGE(AcquireArgs);
TASKBBS_MESSAGE(AcquireReply);
TASKBBS_MESSAGE(StartArgs);
TASKBBS_MESSAGE(CompleteArgs);
TASKBBS_MESSAGE(RejectArgs);
TASKBBS_MESSAGE(RejectReply);
TASKBBS_MESSAGE(CancelArgs);
TASKBBS_MESSAGE(ResolvingArgs);
TASKBBS_MESSAGE(ResolveArgs);
TASKBBS_MESSAGE(GetArgs);
TASKBBS_MESSAGE(GetReply);
TASKBBS_MESSAGE(ListArgs);
TASKBBS_MESSAGE(ListReply);
TASKBBS_MESSAGE(ConvergeArgs);
TASKBBS_MESSAGE(ConvergeReply);
TASKBBS_MESSAGE(HeartbeatArgs);
TASKBBS_MESSAGE(HeartbeatReply);
TASKBBS_MESSAGE(DepartArgs);
TASKBBS_MESSAGE(DrainArgs);
TASKBBS_MESSAGE(ExecutorsArgs);
TASKBBS_MESSAGE(ExecutorsReply);
TASKBBS_MESSAGE(ExecutorView);
TASKBBS_MESSAGE(ReplayArgs);
TASKBBS_MESSAGE(ReplayReply);
TASKBBS_MESSAGE(StatsArgs);

#undef TASKBBS_MESSAGE

}  // namespace taskbbs::protocol
