// Digits, then a unit from a table: durations and sizes are read and printed by the same two
// functions.
#include "broker/units.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <span>

namespace taskbbs::broker {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t worth;
};

// From the smallest: the last one that divides a value is the one that it is printed in.
constexpr auto duration_units = std::to_array<Unit>({
    {"ms", 1},
    {"s", 1000},
    {"m", 60'000},
    {"h", 3'600'000},
});
constexpr auto size_units = std::to_array<Unit>({
    {"", 1},
    {"KiB", 1ULL << 10},
    {"MiB", 1ULL << 20},
    {"GiB", 1ULL << 30},
    {"TiB", 1ULL << 40},
});

constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();

std::optional<std::uint64_t> parse(std::string_view text, std::span<const Unit> units) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    const std::string_view name(rest, static_cast<std::size_t>(end - rest));
    for (const Unit& unit : units) {
        if (unit.name == name && number <= most / unit.worth) {
            return number * unit.worth;
        }
    }
    return std::nullopt;
}

std::string format(std::uint64_t value, std::span<const Unit> units) {
    const Unit* best = &units.front();
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.worth == 0) {
            best = &unit;
        }
    }
    return fmt::format("{}{}", value / best->worth, best->name);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text == "0") {
        return std::chrono::milliseconds(0);
    }
    const auto ms = parse(text, duration_units);
    if (!ms) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(*ms));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse(text, size_units);
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    return parse(text, std::span(size_units).first(1));
}

std::optional<std::uint64_t> parse_mode(std::string_view text) {
    constexpr std::size_t digits = 3;
    if (text.size() == digits + 1 && text.front() == '0') {
        text.remove_prefix(1);
    }
    const bool octal = text.find_first_not_of("01234567") == std::string_view::npos;
    if (text.size() != digits || !octal) {
        return std::nullopt;
    }
    std::uint64_t mode = 0;
    for (const char digit : text) {
        mode = mode * 8 + static_cast<std::uint64_t>(digit - '0');
    }
    return mode;
}

std::string format_mode(std::uint64_t mode) {
    return fmt::format("{:04o}", mode);
}

std::string format_duration(std::chrono::milliseconds duration) {
    if (duration.count() == 0) {
        return "0s";
    }
    return format(static_cast<std::uint64_t>(duration.count()), duration_units);
}

std::string format_size(std::uint64_t bytes) {
    return format(bytes, size_units);
}

}  // namespace taskbbs::broker
