// What recovery made, against what the witness knows: that nothing that was told is missing, that
// nothing is there that was not written, and that the board is the model's.
#pragma once

#include "broker/core/board.hpp"
#include "broker/core/settings.hpp"
#include "broker/journal/recovery.hpp"
#include "broker/journal/settings.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/simulation/witness.hpp"

#include <memory>

namespace taskbbs::simulation {

struct Rules {
    core::Settings core;
    journal::Settings journal;
};

// Recovers from `disk` as the daemon does, and checks every event on the way and the board in the
// end. Throws Finding; Crash, where the disk does.
struct Inspected {
    journal::Recovered recovered;
    std::unique_ptr<core::Board> board;
};

Inspected recover_and_inspect(journal::MemoryDisk& disk,
                              const Rules& rules,
                              const Witness& witness);

// The board alone.
void inspect(const core::Board& board, const Witness& witness);

}  // namespace taskbbs::simulation
