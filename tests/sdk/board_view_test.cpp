// The fold of a watch.
#include "sdk/board_view.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;

namespace {

Task seen(State state, Seq seq, std::string guid = "g") {
    return {.guid = std::move(guid), .stack = "linux", .seq = seq, .state = state};
}

// As it is published: slim but for pending and completed.
Event happened(State state, Seq seq, std::string guid = "g") {
    Event event{.seq = seq, .stream = static_cast<Stream>(state), .task = seen(state, seq, guid)};
    if (state != State::pending && state != State::completed) {
        event.task.stack.clear();
    }
    return event;
}

}  // namespace

TEST_CASE("a view tells what was listed, each change, and what went") {
    BoardView view({});
    CHECK(view.on_listed(seen(State::pending, 1))->after->seq == 1);
    const auto claimed = view.on_event(happened(State::claimed, 2));
    CHECK(claimed->before->state == State::pending);
    CHECK(claimed->after->state == State::claimed);
    const auto gone = view.on_event(happened(State::resolved, 3));
    CHECK(gone->before->state == State::claimed);
    CHECK_FALSE(gone->after);
    CHECK(view.size() == 0);
}

TEST_CASE("what a slim event leaves out stays as it was known") {
    BoardView view({});
    view.on_listed(seen(State::pending, 1));
    CHECK(view.on_event(happened(State::running, 2))->after->stack == "linux");
}

TEST_CASE("an event that is older than what is known changes nothing") {
    BoardView view({});
    view.on_event(happened(State::completed, 5));
    CHECK_FALSE(view.on_event(happened(State::running, 4)));
    CHECK_FALSE(view.on_listed(seen(State::pending, 1)));
    CHECK(view.find("g")->state == State::completed);
}

TEST_CASE("a task that is gone does not come back by an older event, but by a newer one") {
    BoardView view({});
    view.on_event(happened(State::completed, 5));
    view.on_event(happened(State::resolved, 7));
    CHECK_FALSE(view.on_event(happened(State::resolving, 6)));
    CHECK(view.on_event(happened(State::pending, 8))->after->seq == 8);
}

TEST_CASE("a task is in a view of some states while it is in one of them") {
    BoardView view({State::running});
    CHECK_FALSE(view.on_listed(seen(State::pending, 1)));
    CHECK_FALSE(view.on_event(happened(State::claimed, 2)));
    const auto entered = view.on_event(happened(State::running, 3));
    CHECK_FALSE(entered->before);
    CHECK(view.size() == 1);
    const auto left = view.on_event(happened(State::completed, 4));
    CHECK(left->before->state == State::running);
    CHECK_FALSE(left->after);
    CHECK(view.snapshot().empty());
}

TEST_CASE("a view is live, and says up to where, once it has caught up") {
    BoardView view({});
    view.on_listed(seen(State::pending, 3));
    CHECK_FALSE(view.is_live());
    CHECK(view.on_caught_up(3).empty());
    CHECK(view.is_live());
    CHECK(view.position() == 3);
}

TEST_CASE("after a cut of the history the differences are told, and nothing else") {
    BoardView view({});
    view.on_listed(seen(State::pending, 1, "same"));
    view.on_listed(seen(State::pending, 2, "other"));
    view.on_listed(seen(State::pending, 3, "gone"));
    view.on_caught_up(3);
    view.on_reset();
    CHECK_FALSE(view.is_live());
    CHECK(view.size() == 3);
    CHECK_FALSE(view.on_listed(seen(State::pending, 1, "same")));
    const auto other = view.on_listed(seen(State::completed, 1, "other"));
    CHECK(other->before->state == State::pending);
    const auto gone = view.on_caught_up(1);
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].before->guid == "gone");
    CHECK_FALSE(gone[0].after);
    CHECK(view.size() == 2);
}
