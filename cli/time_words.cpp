// Lengths of time in their two largest units.
#include "cli/time_words.hpp"

#include "cli/shown_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace taskbbs::cli {

using namespace std::chrono_literals;

std::string span_text(Duration span) {
    constexpr auto units = std::to_array<std::pair<std::chrono::seconds, std::string_view>>(
        {{24h, "d"}, {1h, "h"}, {1min, "m"}, {1s, "s"}});
    const auto ms = std::chrono::floor<milliseconds>(std::max(span, Duration{0}));
    if (ms < 10s) {
        return fmt::format("{}.{:03}s", ms.count() / 1000, ms.count() % 1000);
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
    const auto* const unit = std::find_if(
        units.begin(), units.end(), [&](const auto& each) { return seconds >= each.first; });
    auto large = fmt::format("{}{}", seconds / unit->first, unit->second);
    const auto rest = seconds % unit->first;
    if (unit + 1 == units.end()) {
        return large;
    }
    return fmt::format("{} {}{}", large, rest / (unit + 1)->first, (unit + 1)->second);
}

std::string moment_text(Time moment, Time now) {
    // Stamps of one moment lie nanoseconds apart.
    const auto distance = moment > now ? moment - now : now - moment;
    const auto how_far = distance < 1ms ? std::string{"now"}
                         : moment > now ? "in " + span_text(distance)
                                        : span_text(distance) + " ago";
    return fmt::format("{} ({})", rfc3339(moment), how_far);
}

}  // namespace taskbbs::cli
