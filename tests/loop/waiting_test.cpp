// Acquires that wait (docs/protocol.md, section 4, "Acquire").
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::AcquireReply;
using protocol::Resources;

Story handed(Client& client, RequestId id) {
    return guids_of(client.answer_to(id).as<AcquireReply>().tasks);
}

std::int64_t waiting(Rig& rig) {
    return Client(rig, "reader").ask(StatsArgs{}).number("waiting_acquires");
}

AcquireArgs waits_for(std::string_view executor) {
    return {.executor_id = executor, .wait = 60'000ms};
}

TEST_CASE("an acquire that finds nothing waits for its first task") {
    Rig rig(without_passes());
    Client client(rig, "c");
    Client requester(rig, "r");
    client.send(waits_for("e"));
    rig.pass(10s);
    CHECK_FALSE(client.has_answer(1));
    CHECK(waiting(rig) == 1);
    requester.ask(desire("a"));
    CHECK(handed(client, 1) == Story{"a"});
    CHECK(waiting(rig) == 0);
    CHECK(rig.state_of("a") == State::claimed);
}

TEST_CASE("the session of a waiting acquire goes on meanwhile") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.send(waits_for("e"));
    CHECK(client.ask(GetArgs{"a"}).status == "not_found");
    CHECK(client.ask(desire("a")).status == "ok");
    CHECK(handed(client, 1) == Story{"a"});
}

TEST_CASE("a wait ends, ok and empty, when its time is over") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.send(AcquireArgs{.executor_id = "e", .wait = 2000ms});
    rig.pass(2s - 1ns);
    CHECK_FALSE(client.has_answer(1));
    rig.pass(1ns);
    CHECK(handed(client, 1).empty());
    CHECK(rig.board().seq() == 0);
}

TEST_CASE("waiters are served in the order in which they came") {
    Rig rig(without_passes());
    Client first(rig, "first");
    Client second(rig, "second");
    first.send(waits_for("e1"));
    second.send(waits_for("e2"));
    Client requester(rig, "r");
    requester.ask(desire("a"));
    CHECK(handed(first, 1) == Story{"a"});
    CHECK_FALSE(second.has_answer(1));
    requester.ask(desire("b"));
    CHECK(handed(second, 1) == Story{"b"});
}

TEST_CASE("a waiter is passed by where the task does not match its stacks, domains or free") {
    Rig rig(without_passes());
    Client stack(rig, "stack");
    Client domain(rig, "domain");
    Client small(rig, "small");
    Client any(rig, "any");
    stack.send(AcquireArgs{.executor_id = "e", .stacks = {"s"}, .wait = 60'000ms});
    domain.send(AcquireArgs{.executor_id = "e", .domains = {"d", "d2"}, .wait = 60'000ms});
    small.send(
        AcquireArgs{.executor_id = "e", .free = Resources{.memory_mb = 10}, .wait = 60'000ms});
    any.send(waits_for("e"));
    Client requester(rig, "r");
    requester.ask(desire("a", {.memory_mb = 100}));
    CHECK(handed(any, 1) == Story{"a"});
    requester.ask(desire("b", {.memory_mb = 10}));
    CHECK(handed(small, 1) == Story{"b"});
    requester.ask(desire("c", {.domain = "d2", .stack = "t"}));
    CHECK(handed(domain, 1) == Story{"c"});
    requester.ask(desire("d", {.domain = "d2", .stack = "s"}));
    CHECK(handed(stack, 1) == Story{"d"});
}

TEST_CASE("a waiter with many stacks and domains is found all the same") {
    Rig rig(without_passes());
    Client client(rig, "c");
    AcquireArgs args = waits_for("e");
    std::vector<std::string> names;
    for (int i = 0; i < 20; ++i) {
        names.push_back("n" + std::to_string(i));
    }
    args.stacks = {names.begin(), names.end()};
    args.domains = {names.begin(), names.end()};
    client.send(args);
    Client requester(rig, "r");
    requester.ask(desire("x", {.domain = "other", .stack = "n3"}));
    CHECK_FALSE(client.has_answer(1));
    requester.ask(desire("a", {.domain = "n19", .stack = "n3"}));
    CHECK(handed(client, 1) == Story{"a"});
}

TEST_CASE("a task that comes back or ripens serves those who wait") {
    Rig rig(without_passes());
    Client client(rig, "c");
    Client waiter(rig, "w");
    bring(client, "a", State::claimed, "other");
    waiter.send(waits_for("e"));
    client.ask(RejectArgs{.guid = "a", .executor_id = "other", .delay = 5000ms});
    rig.pass(5s - 1ns);
    CHECK_FALSE(waiter.has_answer(1));
    rig.pass(1ns);
    CHECK(handed(waiter, 1) == Story{"a"});
}

TEST_CASE(
    "a retry with the same id takes over its place, and only the newest receipt is answered") {
    Rig rig(without_passes());
    Client first(rig, "first");
    Client second(rig, "second");
    first.send(waits_for("e1"));
    second.send(waits_for("e2"));
    first.reconnect("first again");
    first.send_as(1, waits_for("e1"));
    CHECK(waiting(rig) == 2);
    Client(rig, "r").ask(desire("a"));
    CHECK(handed(first, 1) == Story{"a"});
    CHECK(rig.take_answers("first").empty());
    CHECK_FALSE(second.has_answer(1));
}

TEST_CASE("a wait ends, ok and empty, when another id of its session and executor replaces it") {
    const bool waits_too = GENERATE(true, false);
    Rig rig(without_passes());
    Client client(rig, "c");
    client.send(waits_for("e"));
    client.send(AcquireArgs{.executor_id = "e", .wait = waits_too ? 60'000ms : 0ms});
    CHECK(handed(client, 1).empty());
    CHECK(client.answers_to(2) == (waits_too ? 0 : 1));
    CHECK(waiting(rig) == (waits_too ? 1 : 0));
}

TEST_CASE("a replacing acquire comes last in the order") {
    Rig rig(without_passes());
    Client first(rig, "first");
    Client second(rig, "second");
    first.send(waits_for("e1"));
    second.send(waits_for("e2"));
    first.send(waits_for("e1"));
    Client(rig, "r").ask(desire("a"));
    CHECK(handed(second, 1) == Story{"a"});
}

TEST_CASE("one session may wait for several executors at once") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.send(waits_for("e1"));
    client.send(waits_for("e2"));
    CHECK(waiting(rig) == 2);
    Client(rig, "r").ask(desire("a"));
    CHECK(handed(client, 1) == Story{"a"});
    CHECK_FALSE(client.has_answer(2));
}

TEST_CASE("a wait ends, ok and empty, when its id is acked") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.send(waits_for("e"));
    client.ack(1);
    client.send(GetArgs{"a"});
    CHECK(handed(client, 1).empty());
    CHECK(waiting(rig) == 0);
}

TEST_CASE("a wait ends, ok and empty, when its executor departs, is drained, restarts or is lost") {
    Rig rig(without_passes());
    Client client(rig, "c");
    Client operator_(rig, "o");
    client.ask(HeartbeatArgs{.executor_id = "e", .incarnation = "1"});
    const RequestId id = client.send(waits_for("e"));
    SECTION("departs") {
        operator_.ask(DepartArgs{"e"});
    }
    SECTION("is drained") {
        operator_.ask(DrainArgs{"e"});
    }
    SECTION("restarts") {
        operator_.ask(HeartbeatArgs{.executor_id = "e", .incarnation = "2"});
    }
    SECTION("is lost") {
        rig.pass(20s);
    }
    CHECK(handed(client, id).empty());
    CHECK(waiting(rig) == 0);
}

TEST_CASE("a wait goes on when its executor is undrained or renews its presence") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e"});
    const RequestId id = client.send(waits_for("e"));
    client.ask(DrainArgs{"e", false});
    client.ask(HeartbeatArgs{.executor_id = "e"});
    CHECK_FALSE(client.has_answer(id));
}

TEST_CASE("a waiter gets up to max tasks when several became available at once") {
    Rig rig(without_passes());
    Client waiter(rig, "w");
    Client client(rig, "c");
    const Time later = rig.now() + 5s;
    for (const auto* guid : {"a", "b", "c"}) {
        client.ask(desire(guid, {.not_before = later}));
    }
    waiter.send(AcquireArgs{.executor_id = "e", .max = 2, .wait = 60'000ms});
    rig.pass(5s);
    CHECK(handed(waiter, 1) == Story{"a", "b"});
    CHECK(rig.state_of("c") == State::pending);
}

TEST_CASE("what a waiting acquire claimed is its remembered outcome") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.send(waits_for("e"));
    Client(rig, "r").ask(desire("a"));
    CHECK(handed(client, 1) == Story{"a"});
    if (GENERATE(false, true)) {
        rig.restart();
    }
    const auto again = client.ask_as(1, waits_for("e")).as<AcquireReply>();
    CHECK(guids_of(again.tasks) == Story{"a"});
    CHECK(again.seq == 2);
}

TEST_CASE("a task that is claimed by name does not disturb those who wait") {
    Rig rig(without_passes());
    Client waiter(rig, "w");
    Client client(rig, "c");
    waiter.send(AcquireArgs{.executor_id = "e", .stacks = {"s"}, .wait = 60'000ms});
    client.ask(desire("a"));
    client.ask(ClaimArgs{"a", "x"});
    CHECK_FALSE(waiter.has_answer(1));
    client.ask(desire("b", {.stack = "s"}));
    CHECK(handed(waiter, 1) == Story{"b"});
}

TEST_CASE("a waiter gets what fits it as soon as that comes within the reach of acquire") {
    Rig rig(without_passes());
    Client waiter(rig, "w");
    Client client(rig, "c");
    for (int i = 0; i < 70; ++i) {
        client.ask(desire("big" + std::to_string(i), {.memory_mb = 100}));
    }
    client.ask(desire("small", {.memory_mb = 1}));
    waiter.send(
        AcquireArgs{.executor_id = "e", .free = Resources{.memory_mb = 10}, .wait = 60'000ms});
    CHECK_FALSE(waiter.has_answer(1));
    for (int i = 0; i < 70 && !waiter.has_answer(1); ++i) {
        client.ask(ClaimArgs{"big" + std::to_string(i), "x"});
    }
    CHECK(rig.state_of("big69") == State::pending);
    CHECK(handed(waiter, 1) == Story{"small"});
}

}  // namespace
}  // namespace taskbbs::loop_test
