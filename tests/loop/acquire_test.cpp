// Which tasks an acquire gets (docs/protocol.md, section 4, "Acquire").
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::AcquireReply;
using protocol::Resources;

Story acquired(Client& client, const AcquireArgs& args) {
    return guids_of(client.ask(args).as<AcquireReply>().tasks);
}

TEST_CASE(
    "an acquire claims up to max tasks, each by an event of its own, and hands them over whole") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (const auto* guid : {"a", "b", "c"}) {
        client.ask(desire(guid, {.payload = "run me"}));
    }
    rig.story();
    const auto reply = client.ask(AcquireArgs{.executor_id = "e", .max = 2}).as<AcquireReply>();
    CHECK(guids_of(reply.tasks) == Story{"a", "b"});
    CHECK(reply.seq == 5);
    CHECK(rig.story() == Story{"claimed a", "claimed b"});
    for (const Value item : reply.tasks.array) {
        TaskView task;
        REQUIRE_FALSE(decode(item, task));
        CHECK(task.payload == "run me");
        CHECK(task.state == State::claimed);
        CHECK(task.executor_id == "e");
        CHECK(task.epoch == task.seq);
    }
    CHECK(rig.state_of("c") == State::pending);
}

TEST_CASE("an acquire that finds nothing and does not wait is answered ok and empty") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const auto reply = client.ask(AcquireArgs{.executor_id = "e"}).as<AcquireReply>();
    CHECK(reply.tasks.count == 0);
    CHECK(rig.board().seq() == 0);
}

TEST_CASE("higher priority is handed out first, then the longest pending") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("low", {.priority = -5}));
    client.ask(desire("old"));
    client.ask(desire("young"));
    client.ask(desire("high", {.priority = 9}));
    CHECK(acquired(client, {.executor_id = "e", .max = 10}) ==
          Story{"high", "old", "young", "low"});
}

TEST_CASE("a kick, a claim and a demotion leave a task its place in the order") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    client.ask(desire("a"));
    client.ask(desire("b"));
    client.ask(ClaimArgs{"a", "e"});
    rig.turn_clock(30s + 1ms);
    client.ask(ConvergeArgs{});
    REQUIRE(rig.state_of("a") == State::pending);
    CHECK(acquired(client, {.executor_id = "e", .max = 2}) == Story{"a", "b"});
}

TEST_CASE("a rejected task waits anew, behind those pending before") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    client.ask(desire("b"));
    client.ask(ClaimArgs{"a", "e"});
    rig.pass(1s);
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 0ms});
    CHECK(acquired(client, {.executor_id = "e", .max = 2}) == Story{"b", "a"});
}

TEST_CASE("the order holds over several stacks and domains, and after a restart") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.domain = "d1", .stack = "s1"}));
    client.ask(desire("b", {.domain = "d2", .stack = "s2"}));
    client.ask(desire("c", {.domain = "d1", .stack = "s2", .priority = 1}));
    client.ask(desire("d", {.domain = "d2", .stack = "s1"}));
    client.ask(desire("e", {.domain = "d1", .stack = "s1"}));
    if (GENERATE(false, true)) {
        rig.restart();
    }
    CHECK(acquired(client, {.executor_id = "e", .max = 9}) == Story{"c", "a", "b", "d", "e"});
}

TEST_CASE("stacks and domains match exactly, an empty list is any, \"\" may be listed") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("none"));
    client.ask(desire("s", {.stack = "s"}));
    client.ask(desire("sx", {.stack = "sx"}));
    client.ask(desire("other", {.domain = "other", .stack = "s"}));
    const auto all_of = [&](protocol::Names stacks, protocol::Names domains) {
        const AcquireArgs args{.executor_id = "e",
                               .max = 9,
                               .stacks = std::move(stacks),
                               .domains = std::move(domains)};
        return acquired(client, args);
    };
    SECTION("one stack") {
        CHECK(all_of({"s"}, {}) == Story{"s", "other"});
    }
    SECTION("one domain") {
        CHECK(all_of({}, {"other"}) == Story{"other"});
    }
    SECTION("both") {
        CHECK(all_of({"s"}, {"default"}) == Story{"s"});
    }
    SECTION("several, some twice") {
        CHECK(all_of({"sx", "s", "s"}, {"default"}) == Story{"s", "sx"});
    }
    SECTION("the empty stack") {
        CHECK(all_of({""}, {}) == Story{"none"});
    }
    SECTION("what is not there") {
        CHECK(all_of({"s"}, {"nowhere"}).empty());
    }
}

TEST_CASE("an acquire passes by what may not run before later, and hands it out from then on") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("later", {.priority = 5, .not_before = rig.now() + 10s}));
    client.ask(desire("now"));
    CHECK(acquired(client, {.executor_id = "e", .max = 9}) == Story{"now"});
    rig.turn_clock(10s - 1ns);
    CHECK(acquired(client, {.executor_id = "e", .max = 9}).empty());
    rig.turn_clock(1ns);
    CHECK(acquired(client, {.executor_id = "e", .max = 9}) == Story{"later"});
}

TEST_CASE("what became ready while the broker was down is handed out after the restart") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("later", {.not_before = rig.now() + 10s}));
    rig.restart(1min);
    CHECK(acquired(client, {.executor_id = "e"}) == Story{"later"});
}

TEST_CASE("the tasks of one acquire fit what is free together") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.memory_mb = 600, .disk_mb = 1}));
    client.ask(desire("b", {.memory_mb = 500, .disk_mb = 1}));
    client.ask(desire("c", {.memory_mb = 400, .disk_mb = 1}));
    client.ask(desire("d", {.disk_mb = 1}));
    client.ask(desire("e", {.disk_mb = 1}));
    const AcquireArgs args{
        .executor_id = "e", .max = 9, .free = Resources{.memory_mb = 1000, .disk_mb = 3}};
    CHECK(acquired(client, args) == Story{"a", "c", "d"});
}

TEST_CASE("a resource that free does not name may be any, and one that is 0 is used up") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.memory_mb = 1'000'000, .cpu_percent = 1}));
    client.ask(desire("b", {.memory_mb = 1'000'000}));
    const AcquireArgs args{.executor_id = "e", .max = 9, .free = Resources{.cpu_percent = 0}};
    CHECK(acquired(client, args) == Story{"b"});
}

TEST_CASE("under free an acquire looks past 64 tasks of a queue that do not fit, and not past 65") {
    const int too_big = GENERATE(64, 65);
    Rig rig(without_passes());
    Client client(rig, "c");
    for (int i = 0; i < too_big; ++i) {
        client.ask(desire("big-" + std::to_string(i), {.memory_mb = 9000}));
    }
    client.ask(desire("small", {.memory_mb = 1}));
    client.ask(desire("elsewhere", {.stack = "s", .memory_mb = 1}));
    const AcquireArgs args{.executor_id = "e", .max = 9, .free = Resources{.memory_mb = 100}};
    const Story both{"small", "elsewhere"};
    CHECK(acquired(client, args) == (too_big == 64 ? both : Story{"elsewhere"}));
}

TEST_CASE("an acquire's page ends early at limits.reply_bytes, with at least one task") {
    core::Settings settings = without_passes();
    settings.limits.reply_bytes = 10'000;
    Rig rig(settings);
    Client client(rig, "c");
    const std::string payload(4000, 'p');
    const std::string big(20'000, 'p');
    client.ask(desire("big", {.priority = 1, .payload = big}));
    for (const auto* guid : {"a", "b", "c"}) {
        client.ask(desire(guid, {.payload = payload}));
    }
    CHECK(acquired(client, {.executor_id = "e", .max = 9}) == Story{"big"});
    CHECK(acquired(client, {.executor_id = "e", .max = 9}).size() == 1);
    CHECK(acquired(client, {.executor_id = "e", .max = 9}).size() == 1);
    CHECK(acquired(client, {.executor_id = "e", .max = 9}).size() == 1);
}

TEST_CASE("an executor that drains is handed nothing, at once") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e"});
    client.ask(desire("a"));
    client.ask(DrainArgs{"e"});
    CHECK(acquired(client, {.executor_id = "e", .wait = 60'000ms}).empty());
    client.ask(DrainArgs{"e", false});
    CHECK(acquired(client, {.executor_id = "e", .wait = 60'000ms}) == Story{"a"});
}

TEST_CASE("claiming and acquiring do not need presence") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    CHECK(acquired(client, {.executor_id = "unheard-of"}) == Story{"a"});
}

}  // namespace
}  // namespace taskbbs::loop_test
