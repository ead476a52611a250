// What must hold of any board, wherever its events or rows came from.
#pragma once

#include "broker/core/board.hpp"

namespace taskbbs::fuzz {

// Aborts unless the board's digest is that of its rows, now and after a pass that finds everything
// due, and a board filled from the rows is the same.
void check(core::Board& board);

}  // namespace taskbbs::fuzz
