// The broker's bounds (docs/protocol.md, section 6): `busy`, nothing changed, and a way out.
#include "tests/loop/client.hpp"

#include <fmt/format.h>
#include <functional>

namespace taskbbs::loop_test {
namespace {

core::Settings with(const std::function<void(core::LimitSettings&)>& set) {
    core::Settings settings = without_passes();
    set(settings.limits);
    return settings;
}

void check_busy(const Answer& answer, std::int64_t limit) {
    CHECK(answer.status == "busy");
    CHECK(answer.number("limit") == limit);
    CHECK_FALSE(answer.text("message").empty());
}

TEST_CASE("limits.tasks: one more desire is busy until a task is resolved") {
    Rig rig(with([](auto& limits) { limits.tasks = 2; }));
    Client client(rig, "c");
    bring(client, "a", State::resolving);
    client.ask(desire("b"));
    check_busy(client.ask(desire("c")), 2);
    CHECK_FALSE(rig.has("c"));
    CHECK(client.ask(desire("a")).status == "already_exists");
    client.ask(ResolveArgs{"a", {}});
    CHECK(client.ask(desire("c")).status == "ok");
}

TEST_CASE("limits.task_bytes: payloads, annotations and results count until the task is gone") {
    Rig rig(with([](auto& limits) { limits.task_bytes = 100; }));
    Client client(rig, "c");
    const std::string bytes(60, 'x');
    bring(client, "a", State::running, "e", {.payload = bytes, .annotation = "0123456789"});
    check_busy(client.ask(desire("b", {.payload = std::string_view(bytes).substr(0, 31)})), 100);
    check_busy(client.ask(desire("b", {.annotation = std::string_view(bytes).substr(0, 31)})), 100);
    check_busy(
        client.ask(CompleteArgs{.guid = "a", .result = std::string_view(bytes).substr(0, 31)}),
        100);
    CHECK(rig.state_of("a") == State::running);
    CHECK(client.ask(CompleteArgs{.guid = "a", .result = std::string_view(bytes).substr(0, 30)})
              .status == "ok");
    CHECK(client.ask(StatsArgs{}).number("task_bytes") == 100);
    client.ask(ResolvingArgs{"a"});
    client.ask(ResolveArgs{"a", {}});
    CHECK(client.ask(StatsArgs{}).number("task_bytes") == 0);
    CHECK(client.ask(desire("b", {.payload = bytes})).status == "ok");
}

TEST_CASE("limits.task_bytes counts the same after a restart") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::running, "e", {.payload = "1234", .annotation = "12"});
    client.ask(CompleteArgs{.guid = "a", .result = "123"});
    rig.restart();
    CHECK(client.ask(StatsArgs{}).number("task_bytes") == 9);
}

TEST_CASE("limits.sessions: a live session is never forgotten for a new one") {
    Rig rig(with([](auto& limits) { limits.sessions = 2; }));
    Client first(rig, "c1");
    Client second(rig, "c2");
    Client third(rig, "c3");
    first.ask(desire("a"));
    second.ask(desire("b"));
    check_busy(third.ask_as(1, desire("c")), 2);
    CHECK(third.ask(GetArgs{"a"}).status == "ok");
    CHECK(first.ask(desire("d")).status == "ok");
    CHECK_FALSE(rig.has("c"));
    rig.turn_clock(1h);
    rig.pass(1s);
    first.ask(desire("e"));
    CHECK(third.ask_as(1, desire("c")).status == "ok");
}

TEST_CASE(
    "limits.unacked: a session with that many applied ids above acked is busy until it acks") {
    Rig rig(with([](auto& limits) { limits.unacked = 3; }));
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ask_as(2, desire("b"));
    client.ask_as(3, desire("c"));
    check_busy(client.ask_as(4, desire("d")), 3);
    CHECK(client.ask_as(3, desire("c")).status == "ok");
    CHECK(client.ask_as(5, ClaimArgs{"a", "e"}).status == "busy");
    CHECK(client.ask_as(6, AcquireArgs{.executor_id = "e"}).status == "busy");
    CHECK(rig.state_of("a") == State::pending);
    client.ack(1);
    CHECK(client.ask_as(4, desire("d")).status == "ok");
    CHECK(client.ask_as(7, desire("e")).status == "busy");
}

TEST_CASE("limits.outcomes: all sessions together, and one that acks can go on") {
    Rig rig(with([](auto& limits) { limits.outcomes = 3; }));
    Client client(rig, "c");
    Client other(rig, "d");
    client.ask_as(1, desire("a"));
    client.ask_as(2, desire("b"));
    client.ask_as(3, desire("c"));
    check_busy(other.ask_as(1, desire("x")), 3);
    check_busy(client.ask_as(4, desire("d")), 3);
    client.ack(3);
    CHECK(client.ask_as(4, desire("d")).status == "ok");
    CHECK(other.ask_as(1, desire("x")).status == "ok");
}

TEST_CASE("limits.executors: one more executor is busy until another one leaves") {
    Rig rig(with([](auto& limits) { limits.executors = 2; }));
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e1"});
    client.ask(HeartbeatArgs{.executor_id = "e2", .incarnation = "1"});
    check_busy(client.ask(HeartbeatArgs{.executor_id = "e3"}), 2);
    CHECK(client.ask(HeartbeatArgs{.executor_id = "e1"}).status == "ok");
    CHECK(client.ask(HeartbeatArgs{.executor_id = "e2", .incarnation = "2"}).status == "ok");
    client.ask(DepartArgs{"e1"});
    CHECK(client.ask(HeartbeatArgs{.executor_id = "e3"}).status == "ok");
}

TEST_CASE("the last quarter of limits.executors is for connections that brought few") {
    Rig rig(with([](auto& limits) { limits.executors = 2048; }));
    Client greedy(rig, "c");
    Client other(rig, "d");
    for (int i = 0; i < 1536; ++i) {
        REQUIRE(greedy.ask(HeartbeatArgs{.executor_id = fmt::format("e{}", i)}).status == "ok");
    }
    check_busy(greedy.ask(HeartbeatArgs{.executor_id = "more"}), 1024);
    CHECK(greedy.ask(HeartbeatArgs{.executor_id = "e7"}).status == "ok");
    CHECK(other.ask(HeartbeatArgs{.executor_id = "other"}).status == "ok");
    greedy.ask(DepartArgs{"e0"});
    greedy.ask(DepartArgs{"e1"});
    CHECK(greedy.ask(HeartbeatArgs{.executor_id = "more"}).status == "ok");
}

TEST_CASE("the last quarter of limits.sessions is for connections that began few") {
    Rig rig(with([](auto& limits) { limits.sessions = 2048; }));
    Client other(rig, "d");
    const auto begin = [&rig](int i) {
        Client session(rig, fmt::format("s{}", i));
        session.reconnect("one");
        return session.ask(desire(fmt::format("g{}", i)));
    };
    for (int i = 0; i < 1536; ++i) {
        REQUIRE(begin(i).status == "ok");
    }
    check_busy(begin(1536), 1024);
    CHECK(other.ask(desire("other")).status == "ok");
}

TEST_CASE("the last quarter of limits.outcomes is for connections that left few unacknowledged") {
    Rig rig(with([](auto& limits) { limits.outcomes = 4096; }));
    Client other(rig, "d");
    Client hoarder(rig, "c");
    for (int i = 0; i < 3072; ++i) {
        REQUIRE(hoarder.ask(desire(fmt::format("g{}", i))).status == "ok");
    }
    check_busy(hoarder.ask(desire("more")), 1024);
    CHECK(hoarder.ask_as(7, desire("g6")).status == "ok");
    CHECK(other.ask(desire("other")).status == "ok");
    hoarder.ack(2);
    CHECK(hoarder.ask(desire("more")).status == "ok");
}

std::vector<std::size_t> stacks_kept(Client& client) {
    const auto page = client.ask(ExecutorsArgs{}).as<protocol::ExecutorsReply>();
    std::vector<std::size_t> kept;
    for (const Value item : page.executors.array) {
        protocol::ExecutorView view;
        REQUIRE_FALSE(decode(item, view));
        kept.push_back(view.stacks.size());
    }
    return kept;
}

TEST_CASE("of executors that list very many names a few are kept, and none is refused for them") {
    Rig rig(with([](auto& limits) { limits.executors = 2; }));
    Client client(rig, "c");
    const protocol::Names many(28, "s");
    client.ask(HeartbeatArgs{.executor_id = "b", .stacks = protocol::Names(3, "s")});
    CHECK(client.ask(HeartbeatArgs{.executor_id = "a", .stacks = many}).status == "ok");
    CHECK(client.ask(HeartbeatArgs{.executor_id = "b", .stacks = many}).status == "ok");
    CHECK(client.ask(AcquireArgs{.executor_id = "b", .domains = many}).status == "ok");
    CHECK(stacks_kept(client) == std::vector<std::size_t>{28, 4});
    client.ask(DepartArgs{"a"});
    client.ask(HeartbeatArgs{.executor_id = "b", .stacks = protocol::Names(20, "s")});
    CHECK(stacks_kept(client) == std::vector<std::size_t>{20});
}

TEST_CASE("a successor is let in whatever its connection brought") {
    Rig rig(with([](auto& limits) { limits.executors = 2048; }));
    Client greedy(rig, "c");
    for (int i = 0; i < 1536; ++i) {
        greedy.ask(HeartbeatArgs{.executor_id = fmt::format("e{}", i), .incarnation = "1"});
    }
    CHECK(greedy.ask(HeartbeatArgs{.executor_id = "e7", .incarnation = "2"}).status == "ok");
}

TEST_CASE("acquires that wait list few names whatever others list, and more while all list few") {
    Rig rig(with([](auto& limits) { limits.waiting = 2; }));
    Client client(rig, "c");
    const protocol::Names many(28, "s");
    const auto wait = [](std::string_view executor, const protocol::Names& stacks) {
        return AcquireArgs{.executor_id = executor, .stacks = stacks, .wait = 60'000ms};
    };
    const RequestId first = client.send(wait("a", many));
    rig.run();
    CHECK(client.answers_to(first) == 0);
    check_busy(client.ask(wait("b", many)), 24);
    const RequestId second = client.send(wait("b", protocol::Names(4, "s")));
    rig.run();
    CHECK(client.answers_to(second) == 0);
    client.ask(AcquireArgs{.executor_id = "a"});
    CHECK(client.answers_to(first) == 1);
}

TEST_CASE(
    "limits.waiting: one more waiting acquire is busy, a retry and a replacement are not more") {
    Rig rig(with([](auto& limits) { limits.waiting = 1; }));
    Client client(rig, "c");
    Client other(rig, "d");
    const AcquireArgs waits{.executor_id = "e", .wait = 60'000ms};
    client.send_as(1, waits);
    check_busy(other.ask_as(1, waits), 1);
    client.send_as(1, waits);
    client.send_as(2, waits);
    rig.run();
    CHECK(client.answers_to(1) == 1);
    CHECK(client.answers_to(2) == 0);
    CHECK(other.ask_as(2, AcquireArgs{.executor_id = "e"}).status == "ok");
}

TEST_CASE(
    "a waiting acquire whose session is busy when a task comes is refused, and the task stays") {
    Rig rig(with([](auto& limits) { limits.unacked = 1; }));
    Client client(rig, "c");
    client.send_as(2, AcquireArgs{.executor_id = "e", .wait = 60'000ms});
    client.ask_as(1, desire("a"));  // and the session is full, and the waiter is served
    rig.run();
    CHECK(client.answer_to(2).status == "busy");
    CHECK(rig.state_of("a") == State::pending);
}

TEST_CASE("a task that a busy waiter cannot have goes to the next one") {
    Rig rig(with([](auto& limits) { limits.unacked = 1; }));
    Client client(rig, "c");
    Client other(rig, "d");
    client.send_as(2, AcquireArgs{.executor_id = "e", .wait = 60'000ms});
    other.send_as(1, AcquireArgs{.executor_id = "f", .wait = 60'000ms});
    client.ask_as(1, desire("a"));
    CHECK(client.answer_to(2).status == "busy");
    CHECK(other.answer_to(1).as<protocol::AcquireReply>().tasks.count == 1);
}

TEST_CASE("requests that wait for one executor's tasks are bounded, and so are passes asked for") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e"});
    bring(client, "a", State::claimed);
    client.take();
    client.send(DepartArgs{"e"});
    constexpr int many = 100;
    for (int i = 0; i < many; ++i) {
        client.send(HeartbeatArgs{.executor_id = "e"});
    }
    rig.run();
    std::map<std::string_view, int> answered;
    for (const Answer& answer : client.take()) {
        ++answered[answer.status];
    }
    CHECK(answered["ok"] == 64);
    CHECK(answered["busy"] == many + 1 - 64);
    for (int i = 0; i < 1025; ++i) {
        client.send(ConvergeArgs{});
    }
    const RequestId last = client.last_id();
    CHECK(client.answer_to(last).status == "busy");
    CHECK(client.answer_to(last - 1).status == "ok");
}

TEST_CASE("a reply message is closed once it has passed limits.reply_bytes") {
    Rig rig(with([](auto& limits) { limits.reply_bytes = 1000; }));
    Client client(rig, "c");
    client.ask(desire("a", {.payload = std::string(600, 'x')}));
    for (int i = 0; i < 6; ++i) {
        client.send(GetArgs{"a"});
    }
    rig.broker().work(rig.now(), rig.now(), false);
    CHECK(rig.broker().take_batch(rig.now()) == nullptr);
    CHECK(rig.broker().output().messages.size() == 6);
}

}  // namespace
}  // namespace taskbbs::loop_test
