// The options, one row each: the one place where an option's name, bounds and reason stand. Parser,
// help and the checks of config/taskbbsd.conf go by it; defaults are those of the fields that the
// rows name.
#pragma once

#include "broker/options.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace taskbbs::broker {

enum class Kind : std::uint8_t {
    duration,
    size,
    count,
    mode,
    word,
    directory,
    file,
    endpoint,
    advertised,
    listener,
};

// The field of Options that an option sets; its type must suit the kind.
using OptionField = std::variant<std::chrono::milliseconds& (*)(Options&),
                                 std::uint64_t& (*)(Options&),
                                 std::uint32_t& (*)(Options&),
                                 std::string& (*)(Options&),
                                 journal::Sync& (*)(Options&),
                                 Flag& (*)(Options&),
                                 Level& (*)(Options&),
                                 LogFormat& (*)(Options&)>;

// Bounds of durations (in ms), sizes (in bytes), counts and modes, both included.
struct Range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

// Whether a running broker takes another value (SIGHUP).
enum class Reload : std::uint8_t { no, yes };

struct Option {
    std::string_view name;  // section.name
    Kind kind;
    OptionField field;
    Range range;
    std::string_view why;
    Reload reload = Reload::no;
};

std::span<const Option> option_table();
// Null where there is none of that name.
const Option* find_option(std::string_view name);
// The option that `name` was probably meant to be: of section.name, its environment's section_name,
// or a name without its section. Null where none is near.
const Option* nearest_option(std::string_view name);
// TASKBBS_SECTION_NAME.
std::string environment_name(const Option& option);

// Sets the option's field. Returns what is wrong with `text` and what would be accepted, empty
// where it was taken.
std::string assign(const Option& option, std::string_view text, Options& options);
// The field's value, as text that assign() takes.
std::string text_of(const Option& option, Options options);
// What stands for a value of this kind in the help: DURATION, SIZE, ...
std::string value_name(const Option& option);

// `text` in quotes, for a message: shortened, and without control characters.
std::string in_quotes(std::string_view text);

}  // namespace taskbbs::broker

namespace taskbbs::protocol {

template <>
inline constexpr auto names<journal::Sync> = std::to_array<std::string_view>({"always", "never"});

}  // namespace taskbbs::protocol
