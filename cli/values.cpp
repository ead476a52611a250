// Reading numbers, durations, pairs and lists.
#include "cli/values.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace taskbbs::cli {

bool is_name(std::string_view word, std::int64_t min, std::int64_t max) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const auto length = static_cast<std::int64_t>(word.size());
    return length >= min && length <= max &&
           word.find_first_not_of(letters) == std::string_view::npos;
}

std::optional<std::int64_t> integer_of(std::string_view word) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::chrono::milliseconds> duration_of(std::string_view word) {
    constexpr auto units = std::to_array<std::pair<std::string_view, std::int64_t>>(
        {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}});
    constexpr std::int64_t longest_ms = 10'000 * std::int64_t{3'600'000};

    const auto digits = std::min(word.find_first_not_of("0123456789"), word.size());
    const auto count = integer_of(word.substr(0, digits));
    const auto unit = word.substr(digits);
    if (!count) {
        return std::nullopt;
    }
    if (unit.empty() && *count == 0) {
        return std::chrono::milliseconds{0};
    }
    for (const auto& [name, ms] : units) {
        if (name == unit && *count <= longest_ms / ms) {
            return std::chrono::milliseconds{*count * ms};
        }
    }
    return std::nullopt;
}

std::optional<Pair> pair_of(std::string_view word) {
    const auto colon = word.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        return std::nullopt;
    }
    const auto epoch = integer_of(word.substr(colon + 1));
    if (!epoch || *epoch < 0) {
        return std::nullopt;
    }
    return Pair{std::string{word.substr(0, colon)}, *epoch};
}

std::vector<std::string> names_in(std::string_view word) {
    std::vector<std::string> names;
    for (;;) {
        const auto comma = word.find(',');
        names.emplace_back(word.substr(0, comma));
        if (comma == std::string_view::npos) {
            return names;
        }
        word.remove_prefix(comma + 1);
    }
}

}  // namespace taskbbs::cli
