// The board written as rows and read back (docs/journal-format.md, "Snapshot").
#include "broker/core/snapshot.hpp"

#include "world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace taskbbs;
using namespace taskbbs::core;
using namespace taskbbs::core_test;

namespace {

std::vector<std::string> rows_of(const Board& board) {
    std::vector<std::string> rows;
    write_rows(board, [&](std::string_view row) { rows.emplace_back(row); });
    return rows;
}

bool fill(Board& board, const std::vector<std::string>& rows) {
    RowReader reader(board);
    for (const std::string& row : rows) {
        if (!reader.take(row)) {
            return false;
        }
    }
    return reader.complete();
}

void live(World& world, int steps) {
    for (int i = 0; i < steps; ++i) {
        world.step();
    }
}

}  // namespace

TEST_CASE("a board read back from its rows is in the same state, with the same indexes") {
    const unsigned seed = GENERATE(range(1U, 9U));
    World world(seed);
    live(world, 400);
    const auto rows = rows_of(world.board());
    Board copy(World::settings());
    REQUIRE(fill(copy, rows));
    CHECK(copy.digest() == world.board().digest());
    CHECK(rows_of(copy) == rows);
    copy.begin_serving(world.board().clock().last_stamp());
    check_indexes(copy, world.guids());
}

TEST_CASE("a board read back lives on as the one that was written") {
    const unsigned seed = GENERATE(range(10U, 18U));
    World world(seed);
    Board copy(World::settings());
    live(world, 300);
    REQUIRE(fill(copy, rows_of(world.board())));
    const std::size_t events = world.events();
    live(world, 300);
    world.replay(copy, events);  // compares digests on the way
    copy.begin_serving(world.board().clock().last_stamp());
    check_indexes(copy, world.guids());
}

TEST_CASE("the digest of rows is the digest of the board") {
    World world(20);
    live(world, 500);
    RowDigest digest;
    for (const std::string& row : rows_of(world.board())) {
        CHECK_FALSE(digest.result());
        REQUIRE(digest.take(row));
    }
    CHECK(digest.result() == world.board().digest());
}

TEST_CASE("a row that is missing, or there twice, is told by the digest or refused") {
    World world(21);
    live(world, 200);
    const auto rows = rows_of(world.board());
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
        auto fewer = rows;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        Board board(World::settings());
        CHECK((!fill(board, fewer) || board.digest() != world.board().digest()));
        auto more = rows;
        more.insert(more.begin() + static_cast<std::ptrdiff_t>(i), rows[i]);
        Board other(World::settings());
        CHECK_FALSE(fill(other, more));
    }
}

TEST_CASE("rows of two tasks with one guid, or with one first event, are refused") {
    const auto are_accepted = [](const std::vector<std::pair<std::string_view, Seq>>& rows) {
        Executors executors;
        const Clock clock;
        Tasks tasks(executors, clock, false);
        for (const auto& [guid, born] : rows) {
            TaskRow row{.domain = "d", .stack = "s", .guid = guid};
            row.numbers.born = born;
            tasks.load(row);
        }
        return tasks.finish_loading();
    };
    CHECK(are_accepted({{"a", 3}, {"b", 1}, {"c", 2}}));
    CHECK_FALSE(are_accepted({{"a", 1}, {"b", 2}, {"a", 3}}));
    CHECK_FALSE(are_accepted({{"a", 2}, {"b", 1}, {"c", 2}}));
}

TEST_CASE("rows of two executors that left by one event are refused") {
    const auto are_accepted = [](Seq first, Seq second) {
        Executors executors;
        executors.load({.id = "a", .ever_joined = true, .left_at = first});
        executors.load({.id = "b", .ever_joined = true, .left_at = second});
        return executors.finish_loading();
    };
    CHECK(are_accepted(1, 2));
    CHECK(are_accepted(2, 1));
    CHECK_FALSE(are_accepted(1, 1));
}

TEST_CASE("a row of an executor that is neither present, nor left, nor being lost is refused") {
    constexpr std::size_t present_at = 1 + 5 * sizeof(std::int64_t) + sizeof(SessionId);
    World world(23);
    live(world, 500);
    const auto executors = world.board().executors().rows();
    const auto one = std::ranges::find_if(
        executors, [](const ExecutorRow& row) { return row.present && !row.draining; });
    REQUIRE(one != executors.end());
    auto rows = rows_of(world.board());
    char& present = rows[static_cast<std::size_t>(one - executors.begin())].at(present_at);
    REQUIRE(present == 1);
    present = 0;
    Board board(World::settings());
    CHECK_FALSE(fill(board, rows));
}

TEST_CASE("rows that end before the board's own are not complete, and nothing comes behind it") {
    World world(22);
    live(world, 50);
    auto rows = rows_of(world.board());
    const std::string last = rows.back();
    rows.pop_back();
    Board board(World::settings());
    RowReader reader(board);
    for (const std::string& row : rows) {
        REQUIRE(reader.take(row));
    }
    CHECK_FALSE(reader.complete());
    CHECK(reader.take(last));
    CHECK(reader.complete());
    CHECK_FALSE(reader.take(last));
}

TEST_CASE("bytes that are no row are refused, wherever a row is cut") {
    World world(23);
    live(world, 30);
    for (const std::string& row : rows_of(world.board())) {
        for (std::size_t bytes = 0; bytes < row.size(); ++bytes) {
            Board board(World::settings());
            CHECK_FALSE(RowReader(board).take(std::string_view(row).substr(0, bytes)));
            CHECK_FALSE(RowDigest().take(std::string_view(row).substr(0, bytes)));
        }
        Board board(World::settings());
        CHECK_FALSE(RowReader(board).take(row + "x"));
        CHECK_FALSE(RowDigest().take(row + "x"));
    }
}
