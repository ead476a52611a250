// Figures out of the answers to `stats`. Pure.
#pragma once

#include "cli/top/picture.hpp"
#include "taskbbs/calls.hpp"

#include <string_view>

namespace taskbbs::cli::top {

// Nothing where this broker does not tell it, or not as a number.
std::optional<std::int64_t> figure(const Stats& stats, std::string_view name);

// `before`: the answer before this one, or null. Rates are of the time between the two, by the
// broker's own uptime, and nothing where it was restarted in between.
BrokerFigures figures_of(const Stats& stats, const Stats* before);

}  // namespace taskbbs::cli::top
