// From the journal to the board: every event is applied as it was in life.
#pragma once

#include "broker/core/board.hpp"
#include "broker/journal/recovery.hpp"

namespace taskbbs::broker {

// Fills `board`, which is new. Throws what journal::recover() throws, and journal::UnsupportedError
// for an event that this version does not know.
journal::Recovered recover_board(journal::Disk& disk,
                                 const journal::Settings& settings,
                                 const journal::RecoveryOptions& options,
                                 core::Board& board);

}  // namespace taskbbs::broker
