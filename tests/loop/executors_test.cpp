// Pages of executors (docs/protocol.md, section 4, `executors`).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::ExecutorsReply;
using protocol::ExecutorView;
using protocol::Resources;

Story names_of(const ExecutorsReply& page) {
    Story names;
    for (const Value item : page.executors.array) {
        names.emplace_back(item.at("executor_id").str().value());
    }
    return names;
}

ExecutorView only_one(Client& client) {
    const auto page = client.ask(ExecutorsArgs{}).as<ExecutorsReply>();
    REQUIRE(page.executors.count == 1);
    ExecutorView view;
    REQUIRE_FALSE(decode(*page.executors.array.begin(), view));
    return view;
}

TEST_CASE("executors shows who is present, what they hold and what they said they offer") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e",
                             .ttl = 20'000ms,
                             .incarnation = "i1",
                             .stacks = {"s1", "s2"},
                             .slots = 4,
                             .free = Resources{.memory_mb = 512}});
    bring(client, "a", State::claimed);
    bring(client, "b", State::running);
    bring(client, "c", State::running);
    bring(client, "d", State::completed);
    client.ask(DrainArgs{"e"});
    rig.pass(5s);
    const ExecutorView view = only_one(client);
    CHECK(view.executor_id == "e");
    CHECK(view.incarnation == "i1");
    CHECK(is_about(view.joined_at, rig.now() - 5s));
    CHECK(view.ttl == 20s);
    CHECK(view.expires_in == 15s);
    CHECK(view.claimed == 1);
    CHECK(view.running == 2);
    CHECK(view.draining);
    CHECK(view.stacks == protocol::Names{"s1", "s2"});
    CHECK(view.slots == 4);
    CHECK(view.free == Resources{.memory_mb = 512});
}

TEST_CASE("what an executor offers is as last heard") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{
        .executor_id = "e", .stacks = {"s1"}, .slots = 4, .free = Resources{.memory_mb = 512}});
    client.ask(HeartbeatArgs{.executor_id = "e", .stacks = {"s2", "s3"}, .slots = 3});
    const ExecutorView view = only_one(client);
    CHECK(view.stacks == protocol::Names{"s2", "s3"});
    CHECK(view.slots == 3);
    CHECK_FALSE(view.free);
}

TEST_CASE("the domains of an executor are those of its latest acquire, while it is present") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(AcquireArgs{.executor_id = "e", .domains = {"early"}});
    client.ask(HeartbeatArgs{.executor_id = "e", .incarnation = "i1"});
    CHECK(only_one(client).domains.empty());
    client.ask(AcquireArgs{.executor_id = "e", .domains = {"d1", "d2"}});
    CHECK(only_one(client).domains == protocol::Names{"d1", "d2"});
    client.ask(HeartbeatArgs{.executor_id = "e", .incarnation = "i1"});
    CHECK(only_one(client).domains == protocol::Names{"d1", "d2"});
    client.ask(AcquireArgs{.executor_id = "e"});
    CHECK(only_one(client).domains.empty());
    client.ask(AcquireArgs{.executor_id = "e", .domains = {"d1"}});
    client.ask(HeartbeatArgs{.executor_id = "e", .incarnation = "i2"});
    CHECK(only_one(client).domains.empty());
}

TEST_CASE("an executor whose presence has run out expires in 0 ms until it is lost") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e"});
    rig.pass(17s);
    CHECK(only_one(client).expires_in == 0ms);
    rig.pass(3s);
    CHECK(client.ask(ExecutorsArgs{}).as<ExecutorsReply>().executors.count == 0);
}

TEST_CASE("executors that are not present are not shown, though they own tasks") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed, "absent");
    client.ask(HeartbeatArgs{.executor_id = "gone"});
    client.ask(DepartArgs{"gone"});
    CHECK(client.ask(ExecutorsArgs{}).as<ExecutorsReply>().executors.count == 0);
}

TEST_CASE("executors are paged by name, each that stays exactly once while others come and go") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (const auto* id : {"b", "d", "f", "h", "j"}) {
        client.ask(HeartbeatArgs{.executor_id = id});
    }
    const auto first = client.ask(ExecutorsArgs{.limit = 2}).as<ExecutorsReply>();
    CHECK(names_of(first) == Story{"b", "d"});
    const std::string cursor(first.cursor.value());
    client.ask(DepartArgs{"d"});
    client.ask(DepartArgs{"b"});
    client.ask(HeartbeatArgs{.executor_id = "a"});
    client.ask(HeartbeatArgs{.executor_id = "e"});
    const auto second =
        client.ask(ExecutorsArgs{.limit = 3, .cursor = cursor}).as<ExecutorsReply>();
    CHECK(names_of(second) == Story{"e", "f", "h"});
    const std::string next(second.cursor.value());
    const auto last = client.ask(ExecutorsArgs{.limit = 3, .cursor = next}).as<ExecutorsReply>();
    CHECK(names_of(last) == Story{"j"});
    CHECK_FALSE(last.cursor);
}

TEST_CASE("a page of executors ends early at limits.reply_bytes, with at least one") {
    core::Settings settings = without_passes();
    settings.limits.reply_bytes = 10;
    Rig rig(settings);
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "a"});
    client.ask(HeartbeatArgs{.executor_id = "b"});
    const auto page = client.ask(ExecutorsArgs{}).as<ExecutorsReply>();
    CHECK(names_of(page) == Story{"a"});
    CHECK(page.cursor);
}

TEST_CASE(
    "after a restart those present are shown with their counts, and without what they offered") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .incarnation = "i", .slots = 4});
    bring(client, "a", State::running);
    rig.restart();
    const ExecutorView view = only_one(client);
    CHECK(view.incarnation == "i");
    CHECK(view.running == 1);
    CHECK(view.slots == 0);
    CHECK(view.expires_in == 15s);
}

}  // namespace
}  // namespace taskbbs::loop_test
