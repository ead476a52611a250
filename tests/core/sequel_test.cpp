// What replay takes for the next event (broker/core/sequel).
#include "broker/core/sequel.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::core;
using namespace std::chrono_literals;

namespace {

constexpr Time noon{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + 12h};

// A board with one pending task, `a`, and the numbers of what comes next.
struct Scene {
    Board board{Settings{}};

    Scene() {
        Event event = next(Kind::desired, State::pending, "a");
        event.desired = TaskView{.guid = "a", .domain = "d"};
        board.apply(event);
    }

    Event next(Kind kind, State to, std::string_view guid) const {
        return {.kind = kind,
                .to = to,
                .guid = guid,
                .executor_id = "e",
                .seq = board.seq() + 1,
                .ordinal = 1,
                .at = noon};
    }
};

}  // namespace

TEST_CASE("an event follows where an arrow leads from the state that its task is in") {
    Scene scene;
    Event claimed = scene.next(Kind::claimed, State::claimed, "a");
    CHECK(can_follow(scene.board, claimed));
    CHECK(claimed.task == scene.board.tasks().find("a"));
    for (const auto& [kind, to] : {std::pair(Kind::started, State::running),
                                   std::pair(Kind::resolving, State::resolving),
                                   std::pair(Kind::resolved, State::resolved),
                                   std::pair(Kind::claimed, State::running),
                                   std::pair(Kind::kicked, State::completed)}) {
        Event event = scene.next(kind, to, "a");
        CHECK_FALSE(can_follow(scene.board, event));
    }
}

TEST_CASE("an event of a task that is not there does not follow, nor a second desire") {
    Scene scene;
    Event stranger = scene.next(Kind::claimed, State::claimed, "b");
    CHECK_FALSE(can_follow(scene.board, stranger));
    Event again = scene.next(Kind::desired, State::pending, "a");
    again.desired = TaskView{.guid = "a"};
    CHECK_FALSE(can_follow(scene.board, again));
}

TEST_CASE("an event whose number or time is not what comes next does not follow") {
    Scene scene;
    const auto changed = [&](const auto& change) {
        Event event = scene.next(Kind::claimed, State::claimed, "a");
        change(event);
        return can_follow(scene.board, event);
    };
    CHECK(changed([](Event&) {}));
    CHECK_FALSE(changed([](Event& event) { ++event.seq; }));
    CHECK_FALSE(changed([](Event& event) { event.ordinal = event.seq + 1; }));
    CHECK_FALSE(changed([](Event& event) { event.at -= 1s; }));
    CHECK_FALSE(changed([](Event& event) { event.at = latest_time + 1ns; }));
    CHECK_FALSE(changed([](Event& event) { event.executor_id = ""; }));
}
