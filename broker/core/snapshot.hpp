// The board as a sequence of rows of bytes, and back (docs/journal-format.md, "Snapshot"). The
// journal stores the rows without knowing what they say.
//
// The order is part of it: executors, sessions with their outcomes, tasks in the order in which
// they were touched, what is paused if anything ever was, and one row of the board's own numbers
// that ends it all.
#pragma once

#include "broker/core/board.hpp"

#include <functional>
#include <string_view>

namespace taskbbs::core {

// Hands over every row; each holds during the call. The board is as after its last event.
void write_rows(const Board& board, const std::function<void(std::string_view)>& sink);

// Fills a board, row by row. Total: bytes that are no rows are refused, whatever they are.
class RowReader {
  public:
    // `board` is new, and outlives it.
    explicit RowReader(Board& board) : board_(board) {}

    // False: it is not a row of this version, out of place, or there twice. The board is of no use
    // then.
    bool take(std::string_view row);

    // All rows were taken.
    bool complete() const { return complete_; }

  private:
    bool take_executor(std::string_view row);
    bool take_session(std::string_view row);
    bool take_outcome(std::string_view row);
    bool take_task(std::string_view row);
    bool take_pauses(std::string_view row);
    bool take_board(std::string_view row);

    Board& board_;
    bool has_session_ = false;
    bool has_task_ = false;
    bool complete_ = false;
    Seq last_touched_ = 0;
};

// The digest that rows come to, told from their bytes alone: proves a snapshot without building
// another board.
class RowDigest {
  public:
    // False: it is not a row of this version.
    bool take(std::string_view row);

    // Nothing before the last row was taken.
    std::optional<Digest> result() const { return result_; }

  private:
    SessionId session_;
    Digest sum_ = 0;
    std::optional<Digest> result_;
};

}  // namespace taskbbs::core
