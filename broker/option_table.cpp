// What a value of each kind may be, and how a name is found or guessed.
#include "broker/option_table.hpp"

#include "broker/endpoint.hpp"
#include "broker/units.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <type_traits>
#include <vector>

namespace taskbbs::broker {

namespace {

using std::chrono::milliseconds;

template <class Function>
using FieldType = std::remove_reference_t<std::invoke_result_t<Function, Options&>>;

std::string range_text(const Option& option) {
    const auto text = [&](std::uint64_t bound) {
        switch (option.kind) {
            case Kind::duration:
                return format_duration(milliseconds(static_cast<std::int64_t>(bound)));
            case Kind::size:
                return format_size(bound);
            case Kind::mode:
                return format_mode(bound);
            default:
                return std::to_string(bound);
        }
    };
    return fmt::format("from {} to {}", text(option.range.least), text(option.range.most));
}

std::string number_fault(const Option& option, std::string_view text) {
    switch (option.kind) {
        case Kind::duration:
            return fmt::format("{} is not a duration {} (500ms, 30s, 5m, 2h)",
                               in_quotes(text),
                               range_text(option));
        case Kind::size:
            return fmt::format("{} is not a size {} (bytes, or 512KiB, 64MiB, 4GiB)",
                               in_quotes(text),
                               range_text(option));
        case Kind::mode:
            return fmt::format("{} is not the mode of a file {}, in octal (0660, 0600)",
                               in_quotes(text),
                               range_text(option));
        default:
            return fmt::format("{} is not a number {}", in_quotes(text), range_text(option));
    }
}

// Durations in ms.
std::optional<std::uint64_t> parse_number(Kind kind, std::string_view text) {
    switch (kind) {
        case Kind::duration: {
            const auto time = parse_duration(text);
            return time ? std::optional(static_cast<std::uint64_t>(time->count())) : std::nullopt;
        }
        case Kind::size:
            return parse_size(text);
        case Kind::mode:
            return parse_mode(text);
        default:
            return parse_count(text);
    }
}

template <class Number>
std::string assign_number(const Option& option, std::string_view text, Number& field) {
    const auto number = parse_number(option.kind, text);
    if (!number || *number < option.range.least || *number > option.range.most) {
        return number_fault(option, text);
    }
    if constexpr (std::is_same_v<Number, milliseconds>) {
        field = milliseconds(static_cast<std::int64_t>(*number));
    } else {
        field = static_cast<Number>(*number);
    }
    return {};
}

template <class Word>
std::string assign_word(std::string_view text, Word& field) {
    if (const auto word = protocol::named<Word>(text)) {
        field = *word;
        return {};
    }
    return fmt::format("{} is none of {}", in_quotes(text), fmt::join(protocol::names<Word>, ", "));
}

std::string text_fault(Kind kind, std::string_view text) {
    if (kind == Kind::directory) {
        return text.empty() ? "a directory is wanted" : "";
    }
    if (kind == Kind::file) {
        const bool printable =
            std::ranges::none_of(text, [](unsigned char c) { return std::iscntrl(c) != 0; });
        return printable ? "" : fmt::format("{} is no path of a file", in_quotes(text));
    }
    if (kind == Kind::advertised && text.empty()) {
        return {};
    }
    if (kind == Kind::listener) {
        const std::string fault = text.empty() ? "" : listen_fault(text);
        return fault.empty() ? "" : fmt::format("{} is not HOST:PORT: {}", in_quotes(text), fault);
    }
    const std::string fault = kind == Kind::endpoint ? bind_fault(text) : advertise_fault(text);
    if (fault.empty()) {
        return {};
    }
    return fmt::format("{} is not tcp://HOST:PORT or ipc://PATH: {}", in_quotes(text), fault);
}

std::string assign_text(const Option& option, std::string_view text, std::string& field) {
    std::string fault = text_fault(option.kind, text);
    if (fault.empty()) {
        field = text;
    }
    return fault;
}

// Names without what separates their words, so that `-`, `.` and `_` for each other cost nothing.
std::string words_of(std::string_view name) {
    std::string words(name);
    std::ranges::replace_if(
        words, [](char c) { return c == '.' || c == '-'; }, '_');
    return words;
}

// How many characters must be put in, taken out or changed (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

const Option* find_option(std::string_view name) {
    const auto table = option_table();
    const auto found = std::ranges::find(table, name, &Option::name);
    return found == table.end() ? nullptr : &*found;
}

const Option* nearest_option(std::string_view name) {
    constexpr std::size_t max_distance = 3;
    constexpr std::size_t max_length = 64;  // of a name worth comparing
    if (name.size() > max_length) {
        return nullptr;
    }
    const std::string words = words_of(name);
    const Option* nearest = nullptr;
    std::size_t least = max_distance + 1;
    for (const Option& option : option_table()) {
        const std::string whole = words_of(option.name);
        const bool only_name = option.name.substr(option.name.find('.') + 1) == name;
        const std::size_t far = only_name ? 0 : distance(words, whole);
        if (far < least) {
            least = far;
            nearest = &option;
        }
    }
    return nearest;
}

std::string environment_name(const Option& option) {
    std::string name = "TASKBBS_" + words_of(option.name);
    std::ranges::transform(
        name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return name;
}

std::string assign(const Option& option, std::string_view text, Options& options) {
    return std::visit(
        [&](auto field) -> std::string {
            using Type = FieldType<decltype(field)>;
            if constexpr (std::is_enum_v<Type>) {
                return assign_word(text, field(options));
            } else if constexpr (std::is_same_v<Type, std::string>) {
                return assign_text(option, text, field(options));
            } else {
                return assign_number(option, text, field(options));
            }
        },
        option.field);
}

std::string text_of(const Option& option, Options options) {
    return std::visit(
        [&](auto field) -> std::string {
            using Type = FieldType<decltype(field)>;
            if constexpr (std::is_enum_v<Type>) {
                return std::string(protocol::name_of(field(options)));
            } else if constexpr (std::is_same_v<Type, std::string>) {
                return field(options);
            } else if constexpr (std::is_same_v<Type, milliseconds>) {
                return format_duration(field(options));
            } else {
                const auto number = std::uint64_t{field(options)};
                return option.kind == Kind::size   ? format_size(number)
                       : option.kind == Kind::mode ? format_mode(number)
                                                   : std::to_string(number);
            }
        },
        option.field);
}

std::string value_name(const Option& option) {
    switch (option.kind) {
        case Kind::duration:
            return "DURATION";
        case Kind::size:
            return "SIZE";
        case Kind::count:
            return "NUMBER";
        case Kind::mode:
            return "MODE";
        case Kind::directory:
            return "DIR";
        case Kind::file:
            return "FILE";
        case Kind::endpoint:
        case Kind::advertised:
            return "ENDPOINT";
        case Kind::listener:
            return "HOST:PORT";
        case Kind::word:
            break;
    }
    return std::visit(
        [](auto field) -> std::string {
            if constexpr (std::is_enum_v<FieldType<decltype(field)>>) {
                return fmt::format("{}",
                                   fmt::join(protocol::names<FieldType<decltype(field)>>, "|"));
            } else {
                return "WORD";
            }
        },
        option.field);
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t max_shown = 100;
    std::string shown = "\"";
    for (const char c : text.substr(0, max_shown)) {
        shown += std::iscntrl(static_cast<unsigned char>(c)) != 0 ? '?' : c;
    }
    return shown + (text.size() > max_shown ? "...\"" : "\"");
}

}  // namespace taskbbs::broker
