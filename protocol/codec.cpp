// From values to messages: how each C++ type looks on the wire, and the loop over a map's keys.
#include "protocol/codec.hpp"

#include "protocol/every_message.hpp"
#include "protocol/kinds_of_fields.hpp"
#include "protocol/rules.hpp"

#include <concepts>
#include <fmt/format.h>
#include <type_traits>

namespace taskbbs::protocol {

namespace {

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

// ---- whole messages --------------------------------------------------------------------------

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

// A type in parentheses would be no declaration.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define TASKBBS_DECODE(Message) template std::optional<Fault> decode(Value, Message&, std::uint8_t);
TASKBBS_EVERY_MESSAGE(TASKBBS_DECODE)
#undef TASKBBS_DECODE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace taskbbs::protocol
