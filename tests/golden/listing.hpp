// A board as text, a line for each executor, session, outcome and task: what the golden journals
// are compared by.
#pragma once

#include "broker/core/board.hpp"

#include <string>

namespace taskbbs::golden {

std::string listing_of(const core::Board& board);

}  // namespace taskbbs::golden
