// The panes below the overview: queues, executors, tasks. Pure.
#pragma once

#include "cli/top/grid.hpp"
#include "cli/top/screen.hpp"

namespace taskbbs::cli::top {

// All three in so many rows, which are shared out: none gets more than it has to show, and the one
// with the keys gets what is left over. Where there are too few rows for all, that one alone.
std::vector<Line> pane_lines(const Picture& picture, const Screen& screen, Size size);

// One after the other, whole, but for what is beyond `most_rows` of each; nothing selected.
std::vector<Line> whole_panes(const Picture& picture, int columns, int most_rows);

}  // namespace taskbbs::cli::top
