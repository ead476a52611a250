// From the journal to the board: every event is applied as it was in life.
#pragma once

#include "broker/core/board.hpp"
#include "broker/core/record.hpp"
#include "broker/core/snapshot.hpp"
#include "broker/journal/recovery.hpp"

#include <memory>

namespace taskbbs::broker {

// A board made of what the journal holds: the rows of a snapshot, then batch by batch, record by
// record.
class Fold {
  public:
    explicit Fold(const core::Settings& settings)
        : board_(std::make_unique<core::Board>(settings)), rows_(*board_) {}

    // False: it is not a row that this version knows; the board is of no use then.
    bool load(std::string_view row) { return rows_.take(row); }

    // False: its times are none that a broker gives; nothing was done.
    bool begin_batch(const journal::BatchInfo& batch);
    // False: it is not an event that this version knows, or not one that can follow on those before
    // it; nothing was applied.
    bool apply(const journal::Record& record);

    const core::Board& board() const { return *board_; }

    journal::StateDigest digest() const { return {board_->digest(), core::digest_version}; }

    // Nothing else may be called afterwards.
    std::unique_ptr<core::Board> take_board() { return std::move(board_); }

  private:
    std::unique_ptr<core::Board> board_;
    core::RowReader rows_;
    core::RecordReader reader_;
};

// Calls that fill `fold`, which is made anew whenever recovery begins anew. Both outlive them.
// `directory` is for messages. They throw journal::UnsupportedError for an event that Fold refuses.
journal::Visitor visitor_of(std::optional<Fold>& fold,
                            const core::Settings& settings,
                            const std::string& directory);

struct RecoveredBoard {
    journal::Recovered journal;
    std::unique_ptr<core::Board> board;
};

// Throws what journal::recover() throws, and what visitor_of()'s calls do.
RecoveredBoard recover_board(journal::Disk& disk,
                             const journal::Settings& settings,
                             const journal::RecoveryOptions& options,
                             const core::Settings& core);

}  // namespace taskbbs::broker
