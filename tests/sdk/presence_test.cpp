// The machine of an executor's presence.
#include "sdk/presence.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

namespace {

struct Harness {
    PresenceMachine machine{{.executor_id = "e", .incarnation = "i", .ttl = 10s, .stacks = {"s"}}};
    Instant now{1h};

    std::optional<HeartbeatArgs> beat() { return machine.take_heartbeat(now); }

    void answer(HeartbeatAnswer answer = {}) { machine.on_answer(answer, now); }

    void refuse(Status status) {
        machine.on_answer(tl::unexpected(Error{.code = Code::refused, .status = status}), now);
    }

    void fail(Code code) { machine.on_answer(tl::unexpected(Error{.code = code}), now); }

    void pass(Duration time) {
        now += time;
        machine.on_timer(now);
    }

    std::vector<std::string> stale() {
        std::vector<std::string> guids;
        for (const Notice& notice : machine.take_notices()) {
            if (const auto* stale = std::get_if<Stale>(&notice)) {
                guids.push_back(stale->guid);
            }
        }
        return guids;
    }
};

}  // namespace

TEST_CASE("the first heartbeat leaves at once, the next ones before a third of the ttl is over") {
    Harness h;
    const auto first = h.beat();
    REQUIRE(first);
    CHECK(first->executor_id == "e");
    CHECK(first->incarnation == "i");
    CHECK(first->ttl == 10s);
    CHECK(first->stacks == std::vector<std::string>{"s"});
    h.answer();
    CHECK_FALSE(h.beat());
    CHECK(*h.machine.next_deadline() - h.now == 3s);
    h.pass(3s);
    CHECK(h.beat());
}

TEST_CASE("one heartbeat is under way at a time") {
    Harness h;
    h.beat();
    h.pass(3s);
    CHECK_FALSE(h.beat());
    h.fail(Code::timed_out);
    CHECK(h.beat());
}

TEST_CASE(
    "it is present once it was answered, and unsure when the ttl has passed without an answer") {
    Harness h;
    CHECK(h.machine.presence() == Presence::joining);
    h.beat();
    h.pass(1s);
    h.answer();
    CHECK(h.machine.presence() == Presence::present);
    h.pass(3s);
    h.beat();
    h.pass(5s);
    CHECK(h.machine.presence() == Presence::present);
    CHECK(*h.machine.next_deadline() - h.now == 1s);
    h.pass(1s);
    CHECK(h.machine.presence() == Presence::unsure);
    h.fail(Code::timed_out);
    h.beat();
    h.answer();
    CHECK(h.machine.presence() == Presence::present);
}

TEST_CASE("an answer that is older than the ttl makes nobody present") {
    Harness h;
    h.beat();
    h.pass(10s);
    h.answer();
    CHECK(h.machine.presence() == Presence::joining);
}

TEST_CASE(
    "superseded by another incarnation it has lost all that it held, and what it gets later") {
    Harness h;
    h.machine.hold("a", 1);
    h.machine.hold("b", 2);
    h.beat();
    h.refuse(Status::not_owner);
    CHECK(h.stale() == std::vector<std::string>{"a", "b"});
    CHECK(h.machine.held().empty());
    h.machine.hold("late", 3);
    CHECK(h.stale() == std::vector<std::string>{"late"});
}

TEST_CASE("refused for good it is not told that its tasks are stale: that comes with its ttl") {
    Harness h;
    h.machine.hold("a", 1);
    h.beat();
    h.refuse(Status::denied);
    CHECK(h.stale().empty());
}

TEST_CASE("superseded by another incarnation it never heartbeats again") {
    Harness h;
    h.beat();
    h.refuse(Status::not_owner);
    CHECK(h.machine.presence() == Presence::superseded);
    CHECK(h.machine.error()->is(Status::not_owner));
    h.pass(1h);
    CHECK_FALSE(h.beat());
    CHECK_FALSE(h.machine.next_deadline());
}

TEST_CASE("refused for good it is departed, a busy broker is asked again") {
    Harness h;
    h.beat();
    h.refuse(Status::busy);
    CHECK(h.machine.presence() == Presence::joining);
    h.pass(3s);
    CHECK(h.beat());
    h.refuse(Status::denied);
    CHECK(h.machine.presence() == Presence::departed);
    CHECK_FALSE(h.beat());
}

TEST_CASE("departed it does not heartbeat, whatever is still answered") {
    Harness h;
    h.beat();
    h.machine.depart();
    h.answer({.stale = {"g"}, .draining = true});
    CHECK(h.machine.presence() == Presence::departed);
    CHECK_FALSE(h.machine.draining());
    h.pass(1h);
    CHECK_FALSE(h.beat());
}

TEST_CASE("what it holds is named, and what is stale is told once and released") {
    Harness h;
    h.machine.hold("a", 5);
    h.machine.hold("b", 6);
    CHECK(h.beat()->running == std::vector<Holding>{{"a", 5}, {"b", 6}});
    h.answer({.stale = {"a"}});
    CHECK(h.stale() == std::vector<std::string>{"a"});
    CHECK(h.machine.held() == std::vector<Holding>{{"b", 6}});
    h.pass(3s);
    CHECK(h.beat()->running == std::vector<Holding>{{"b", 6}});
}

TEST_CASE("a task that was taken again meanwhile is not stale") {
    Harness h;
    h.machine.hold("a", 5);
    h.beat();
    h.machine.hold("a", 9);
    h.answer({.stale = {"a"}});
    CHECK(h.stale().empty());
    CHECK(h.machine.held() == std::vector<Holding>{{"a", 9}});
}

TEST_CASE("a task that was released meanwhile is not told as stale") {
    Harness h;
    h.machine.hold("a", 5);
    h.beat();
    h.machine.release("a");
    h.answer({.stale = {"a"}});
    CHECK(h.stale().empty());
}

TEST_CASE("more tasks than a heartbeat may name are named in turns") {
    Harness h;
    for (int i = 0; i < 2500; ++i) {
        h.machine.hold("g" + std::to_string(i), i + 1);
    }
    std::set<std::string> named;
    for (int i = 0; i < 3; ++i) {
        const auto beat = h.beat();
        REQUIRE(beat);
        CHECK(beat->running.size() == 1024);
        for (const Holding& holding : beat->running) {
            named.insert(holding.guid);
        }
        h.answer();
        h.pass(3s);
    }
    CHECK(named.size() == 2500);
}

TEST_CASE("a change of draining is told once") {
    Harness h;
    const auto told = [&] {
        std::vector<bool> all;
        for (const Notice& notice : h.machine.take_notices()) {
            if (const auto* draining = std::get_if<Draining>(&notice)) {
                all.push_back(draining->on);
            }
        }
        return all;
    };
    for (const bool on : {true, true, false}) {
        h.beat();
        h.answer({.draining = on});
        h.pass(3s);
    }
    CHECK(told() == std::vector<bool>{true, false});
}

TEST_CASE("a new capacity is told at once") {
    Harness h;
    h.beat();
    h.answer();
    h.machine.set_capacity(3, Resources{.memory_mb = 7});
    const auto beat = h.beat();
    REQUIRE(beat);
    CHECK(beat->slots == 3);
    CHECK(beat->free->memory_mb == 7);
}
