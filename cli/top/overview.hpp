// The upper part of the screen: what is looked at, the states, and the broker's own figures. Pure.
#pragma once

#include "cli/top/view.hpp"

namespace taskbbs::cli::top {

// What is looked at, and on the right whether the broker answers.
Line top_line(Line subject, const Picture& picture, const Situation& situation, int columns);

// States with counts, rates and ages; beside them, where there is room, the journal, its syncs and
// who is connected, else below. Then what should worry, a line each.
std::vector<Line> overview(const Picture& picture, int columns);

}  // namespace taskbbs::cli::top
