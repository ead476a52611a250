// A line of the broker's log: one event, its name and its fields. What clients sent (payloads,
// results, annotations) never belongs into it. Pure.
#pragma once

#include "protocol/names.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace taskbbs::broker {

// By falling urgency: a level shows itself and those before it.
enum class Level : std::uint8_t { error, warn, info, debug };

// Section [log] of the configuration. `automatic` (spelled auto) is journald where standard error
// leads there, else text.
enum class LogFormat : std::uint8_t { automatic, text, json };

// How a line is written. journald: as fields to the journal's own socket; as a line it is text with
// its priority in front and without a time, both of which the journal takes for itself.
enum class LogStyle : std::uint8_t { text, json, journald };

// Durations stand in lines as whole milliseconds.
inline std::int64_t to_ms(std::chrono::nanoseconds duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

// One name and value of a line. Strings are views: they must last until the line is written.
struct Field {
    using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;

    Field(std::string_view field, std::string_view text) : name(field), value(text) {}

    Field(std::string_view field, std::floating_point auto number)
        : name(field), value(static_cast<double>(number)) {}

    template <std::integral Number>
    Field(std::string_view field, Number number) : name(field), value(widened(number)) {}

    std::string_view name;
    Value value;

  private:
    template <class Number>
    static Value widened(Number number) {
        if constexpr (std::same_as<Number, bool>) {
            return number;
        } else if constexpr (std::is_signed_v<Number>) {
            return std::int64_t{number};
        } else {
            return std::uint64_t{number};
        }
    }
};

// A field's text is cut to this many bytes, so that a line stays one write. It is for what the
// broker itself has to say, which may name long paths; what peers name is short by the protocol.
inline constexpr std::size_t max_log_text = 4096;

// A field's text as lines have it: one that is cut ends with "...", behind whole characters where
// it has any.
std::string shortened(std::string_view text);

// syslog(3)'s number.
int priority_of(Level level);

// One whole line with its end. Control characters are escaped, so a line stays a line; in JSON,
// bytes that are not UTF-8 become U+FFFD.
//   text:     2026-01-02T03:04:05.678Z info recovered events=123 ms=4 dir="/var/lib/my board"
//   json:
//   {"time":"2026-01-02T03:04:05.678Z","level":"info","event":"recovered","events":123,"ms":4}
//   journald: <6>recovered events=123 ms=4
// Fields named `time`, `level` or `event` would stand twice in JSON: don't.
std::string format_line(LogStyle style,
                        Level level,
                        std::chrono::system_clock::time_point at,
                        std::string_view event,
                        std::span<const Field> fields);

}  // namespace taskbbs::broker

namespace taskbbs::protocol {

template <>
inline constexpr auto names<broker::Level> =
    std::to_array<std::string_view>({"error", "warn", "info", "debug"});

template <>
inline constexpr auto names<broker::LogFormat> =
    std::to_array<std::string_view>({"auto", "text", "json"});

}  // namespace taskbbs::protocol
