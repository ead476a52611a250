// From the journal to the board: every event is applied as it was in life.
#pragma once

#include "broker/core/board.hpp"
#include "broker/core/record.hpp"
#include "broker/journal/recovery.hpp"

namespace taskbbs::broker {

// Applies what the journal holds, batch by batch, record by record.
class Fold {
  public:
    // `board` outlives it.
    explicit Fold(core::Board& board) : board_(board) {}

    void begin_batch(const journal::BatchInfo& batch);
    // False: it is not an event that this version knows; nothing was applied.
    bool apply(const journal::Record& record);

    journal::StateDigest digest() const { return {board_.digest(), core::digest_version}; }

  private:
    core::Board& board_;
    core::RecordReader reader_;
};

// Fills `board`, which is new. Throws what journal::recover() throws, and journal::UnsupportedError
// for an event that this version does not know.
journal::Recovered recover_board(journal::Disk& disk,
                                 const journal::Settings& settings,
                                 const journal::RecoveryOptions& options,
                                 core::Board& board);

}  // namespace taskbbs::broker
