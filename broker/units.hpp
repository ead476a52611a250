// How durations, sizes and counts are written in the configuration, read and printed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::broker {

// Digits and one of `ms`, `s`, `m`, `h`: 500ms, 30s, 5m, 2h. A plain 0 needs no unit. Nothing where
// the text is anything else, or too long for 64 bits of milliseconds.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// Digits alone (bytes) or with one of `KiB`, `MiB`, `GiB`, `TiB`. Nothing where the text is
// anything else, or past 2^63-1, the greatest number of the contract.
std::optional<std::uint64_t> parse_size(std::string_view text);
// Digits; up to 2^63-1.
std::optional<std::uint64_t> parse_count(std::string_view text);
// Three octal digits, or four that begin with a zero: 660, 0660. The rights of a file.
std::optional<std::uint64_t> parse_mode(std::string_view text);

// The shortest text that reads back as the same value: 90s is 90s, 60s is 1m. `duration` >= 0.
std::string format_duration(std::chrono::milliseconds duration);
std::string format_size(std::uint64_t bytes);
std::string format_mode(std::uint64_t mode);

}  // namespace taskbbs::broker
