// Rows out and in, and one pass over it all.
#include "tests/fuzz/board_check.hpp"

#include "broker/core/converge.hpp"
#include "broker/core/snapshot.hpp"
#include "broker/journal/require.hpp"

#include <string>
#include <vector>

namespace taskbbs::fuzz {

using journal::require;

namespace {

std::vector<std::string> rows_of(const core::Board& board) {
    std::vector<std::string> rows;
    core::write_rows(board, [&](std::string_view row) { rows.emplace_back(row); });
    return rows;
}

void check_digest(const core::Board& board) {
    core::RowDigest digest;
    core::write_rows(board, [&](std::string_view row) {
        require(digest.take(row), "a row that was written is counted");
    });
    require(digest.result() == board.digest(), "the digest is that of the rows");
}

void check_copy(const core::Board& board) {
    const std::vector<std::string> rows = rows_of(board);
    core::Board copy(board.settings());
    core::RowReader reader(copy);
    for (const std::string& row : rows) {
        require(reader.take(row), "a row that was written is read");
    }
    require(reader.complete(), "the rows are complete");
    require(copy.digest() == board.digest(), "the rows make the same board");
    require(rows_of(copy) == rows, "which has the same rows");
}

void serve(core::Board& board) {
    constexpr core::Time wall{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)};
    const core::Time now = board.begin_serving(wall) + std::chrono::hours(24 * 30);
    board.tasks().ripen(now);
    core::Pass pass(
        core::PassRules::of(board.settings().converge), {.now = now, .seq = board.seq()}, true);
    while (auto event = pass.next(board)) {
        board.number(*event, now);
        board.apply(*event);
    }
}

}  // namespace

void check(core::Board& board) {
    check_digest(board);
    serve(board);
    check_digest(board);
    check_copy(board);
}

}  // namespace taskbbs::fuzz
