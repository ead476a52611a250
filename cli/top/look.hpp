// A task from near: what its fields say, then its payload, annotation and result as text. Pure.
#pragma once

#include "cli/top/screen.hpp"
#include "cli/top/styled.hpp"

#include <vector>

namespace taskbbs::cli::top {

// As many lines as there are rows (from 2 on), the last one about keys. Look::scrolled beyond the
// last line shows the last ones.
std::vector<Line> look_lines(const Look& look, Size size);

}  // namespace taskbbs::cli::top
