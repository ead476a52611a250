// What the broker says of itself: `hello` and `stats` (docs/protocol.md, section 4).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

TEST_CASE("hello says who answers, what the limits are and where events are published") {
    core::Settings settings;
    settings.limits.payload_bytes = 111;
    settings.limits.result_bytes = 222;
    settings.limits.message_bytes = 333;
    settings.limits.reply_bytes = 4444;
    settings.limits.unacked = 55;
    Rig rig(settings);
    const auto hello = Client(rig, "c").ask(HelloArgs{}).as<protocol::HelloReply>();
    CHECK(hello.server == "taskbbsd test");
    CHECK(hello.protocol == 1);
    CHECK(hello.broker_id == "broker-1");
    CHECK(hello.log == "log-1");
    CHECK(hello.events == "tcp://*:7412");
    CHECK(hello.limits.payload_bytes == 111);
    CHECK(hello.limits.result_bytes == 222);
    CHECK(hello.limits.message_bytes == 333);
    CHECK(hello.limits.reply_bytes == 4444);
    CHECK(hello.limits.requests == 1024);
    CHECK(hello.limits.unacked == 55);
    CHECK(hello.role == "operator");
    CHECK(hello.sync == "always");
}

TEST_CASE("stats has at least the counters and gauges that the contract names") {
    Rig rig;
    const Answer answer = Client(rig, "c").ask(StatsArgs{});
    for (const auto* name : {"uptime_ms", "seq",          "tasks",         "pending",
                             "claimed",   "running",      "completed",     "resolving",
                             "executors", "draining",     "sessions",      "waiting_acquires",
                             "requests",  "refused",      "malformed",     "dropped_replies",
                             "batches",   "syncs",        "journal_bytes", "clock_ahead_ms",
                             "at",        "sync_mean_us", "sync_max_us"}) {
        INFO(name);
        CHECK(answer.body.at(name).integer());
    }
    CHECK(answer.body.at("brake").boolean() == false);
    CHECK(answer.body.at("read_only").boolean() == false);
    CHECK(answer.body.at("sync").str() == "always");
}

TEST_CASE("stats tells how much of each limit is used") {
    core::Settings settings;
    settings.limits.tasks = 11;
    settings.limits.executors = 22;
    settings.limits.waiting = 33;
    Rig rig(settings);
    const Answer stats = Client(rig, "c").ask(StatsArgs{});
    CHECK(stats.number("tasks_limit") == 11);
    CHECK(stats.number("executors_limit") == 22);
    CHECK(stats.number("waiting_acquires_limit") == 33);
}

TEST_CASE("stats counts requests that met a limit, and executors that were lost") {
    core::Settings settings = without_passes();
    settings.limits.tasks = 1;
    settings.presence.brake_percent = 100;
    Rig rig(settings);
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 1000ms});
    client.ask(desire("a"));
    CHECK(client.ask(desire("b")).status == "busy");
    CHECK(client.ask(GetArgs{"none"}).status == "not_found");
    rig.pass(2s);
    const Answer stats = client.ask(StatsArgs{});
    CHECK(stats.number("busy") == 1);
    CHECK(stats.number("refused") == 2);
    CHECK(stats.number("executors_lost") == 1);
}

TEST_CASE("stats counts tasks by state, those present, those that wait and what was asked") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    bring(client, "p", State::pending, {}, {.stack = "s"});
    bring(client, "c", State::claimed);
    bring(client, "r", State::running);
    bring(client, "f", State::completed);
    bring(client, "f2", State::completed);
    bring(client, "s", State::resolving);
    client.send(AcquireArgs{.executor_id = "e", .stacks = {"other"}, .wait = 60'000ms});
    client.ask(GetArgs{"nothing"});
    rig.pass(3s);
    const Answer stats = client.ask(StatsArgs{});
    CHECK(stats.number("tasks") == 6);
    CHECK(stats.number("pending") == 1);
    CHECK(stats.number("claimed") == 1);
    CHECK(stats.number("running") == 1);
    CHECK(stats.number("completed") == 2);
    CHECK(stats.number("resolving") == 1);
    CHECK(stats.number("executors") == 1);
    CHECK(stats.number("sessions") == 1);
    CHECK(stats.number("waiting_acquires") == 1);
    CHECK(stats.number("refused") == 1);
    CHECK(stats.number("seq") == rig.board().seq());
    CHECK(stats.number("requests") == stats.id);
    CHECK(stats.number("uptime_ms") == 3000);
}

TEST_CASE("the gauges are the same after a restart") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::running);
    bring(client, "b", State::resolving);
    client.ask(ResolveArgs{"b", {}});
    rig.restart();
    const Answer stats = client.ask(StatsArgs{});
    CHECK(stats.number("tasks") == 1);
    CHECK(stats.number("running") == 1);
    CHECK(stats.number("resolving") == 0);
    CHECK(stats.number("sessions") == 1);
    CHECK(stats.number("requests") == 1);
}

}  // namespace
}  // namespace taskbbs::loop_test
