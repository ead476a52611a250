// cli/top/board_model.hpp: what becomes of a board that is too large to be held.
#include "cli/top/board_model.hpp"
#include "tests/cli/top/boards.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {
namespace {

constexpr Bounds narrow{.owned = 2, .others = 3};

void desire(BoardModel& model, Seq from, Seq to) {
    for (Seq seq = from; seq <= to; ++seq) {
        model.happened(
            event_of(task_in(State::pending, "g" + std::to_string(seq), seq, noon), Kind::desired));
    }
}

}  // namespace

TEST_CASE("beyond the bound no task is held, and the picture says that it is not whole") {
    auto model = watching_model(narrow);
    desire(model, 1, 3);
    CHECK(model.picture({}, noon).whole);
    desire(model, 4, 9);
    const auto picture = model.picture({}, noon);
    CHECK(picture.held == 3);
    CHECK_FALSE(picture.whole);
    CHECK(model.full(State::completed));
    CHECK_FALSE(model.full(State::running));
}

TEST_CASE("a board that is not whole is counted by stats") {
    auto model = watching_model(narrow);
    desire(model, 1, 9);
    model.answered(stats_of({{"tasks", 9}, {"pending", 8}, {"running", 1}}), noon);
    const auto picture = model.picture({}, noon);
    CHECK(row_of(picture, State::pending).tasks == 8);
    CHECK(row_of(picture, State::running).tasks == 1);
    CHECK(picture.on_board == 9);
    CHECK(picture.held == 3);
}

TEST_CASE("what runs is held even where what waits has no room") {
    auto model = watching_model(narrow);
    desire(model, 1, 9);
    model.happened(event_of(owned(State::running, "g8", "e", 20, noon), Kind::started));
    const auto picture = model.picture({}, noon);
    CHECK(picture.held == 4);
    CHECK(picture.tasks[0].guid == "g8");
    CHECK_FALSE(picture.tasks[0].stack);  // it was never seen pending
}

TEST_CASE("a task that moves where there is no room is held no more") {
    auto model = watching_model(narrow);
    desire(model, 1, 3);
    for (Seq seq = 1; seq <= 3; ++seq) {
        model.happened(event_of(
            owned(State::running, "g" + std::to_string(seq), "e", 10 + seq, noon), Kind::started));
    }
    CHECK(model.picture({}, noon).held == 2);
    CHECK_FALSE(model.whole());
    // Its end, and the others', make room again.
    model.happened(event_of(task_in(State::resolved, "g1", 20, noon), Kind::resolved));
    CHECK_FALSE(model.full(State::running));
}

TEST_CASE("moving among owned states needs no new room") {
    auto model = watching_model(narrow);
    for (Seq seq = 1; seq <= 2; ++seq) {
        const auto guid = "g" + std::to_string(seq);
        model.happened(event_of(owned(State::claimed, guid, "e", seq, noon), Kind::claimed));
        model.happened(event_of(owned(State::running, guid, "e", 10 + seq, noon), Kind::started));
    }
    CHECK(model.whole());
    CHECK(model.picture({}, noon).held == 2);
}

}  // namespace taskbbs::cli::top
