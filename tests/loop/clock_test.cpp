// The broker's time over restarts and wall clocks that go astray (docs/protocol.md, section 5).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::ConvergeReply;

std::int64_t ahead_ms(Rig& rig) {
    return Client(rig, "reader").ask(StatsArgs{}).number("clock_ahead_ms");
}

Time last_at(Rig& rig) {
    return Time{Duration{rig.last_event().map.at("at").integer().value()}};
}

TEST_CASE("event times never decrease, whatever the wall clock does between two runs") {
    const Duration astray = GENERATE(as<Duration>(), 1h, 0s, -30s, -59s, -61s, -24h);
    Rig rig(without_passes());
    Client client(rig, "c");
    for (int i = 0; i < 5; ++i) {
        client.ask(desire("before-" + std::to_string(i)));
        rig.turn_clock(1s);
    }
    rig.restart(2s, astray);
    for (int i = 0; i < 5; ++i) {
        client.ask(desire("after-" + std::to_string(i)));
        rig.turn_clock(1s);
    }
    Time last{};
    for (const Published& each : rig.published()) {
        if (each.topic != protocol::tick_topic) {
            const Time at{Duration{each.map.at("at").integer().value()}};
            CHECK(at > last);
            last = at;
        }
    }
}

TEST_CASE("now starts at the later of wall clock and last event") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    const Time last = last_at(rig);
    SECTION("the wall clock went on") {
        rig.restart(10s);
        CHECK(rig.now() >= last + 10s - 1us);
        CHECK(rig.now() <= last + 10s);
    }
    SECTION("the wall clock went back a little") {
        rig.restart(0s, -30s);
        CHECK(rig.now() == last);
        CHECK(ahead_ms(rig) == 0);
        rig.turn_clock(5s);
        client.ask(desire("b"));
        CHECK(is_about(last_at(rig), last + 5s));
    }
}

TEST_CASE(
    "where the last event is more than 60 s ahead, event times creep until the wall caught up") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    const Time last = last_at(rig);
    rig.restart(0s, -10min);
    const std::int64_t ahead = ahead_ms(rig);
    CHECK(ahead >= 600'000);
    CHECK(ahead < 600'010);
    rig.pass(9min);
    client.ask(desire("b"));
    CHECK(is_about(last_at(rig), last));
    CHECK(ahead_ms(rig) <= 60'001);
    rig.pass(2min);
    client.ask(desire("c"));
    CHECK(last_at(rig) - last > 59s);
    CHECK(last_at(rig) - last < 61s);
    CHECK(ahead_ms(rig) == 0);
}

TEST_CASE("ages follow the boot clock while event times creep, and after") {
    core::Settings settings = without_passes();
    settings.converge.kick_interval_max = 30s;
    Rig rig(settings);
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.restart(0s, -2min);
    const auto kicks_after = [&](Duration age) {
        rig.pass(age);
        return client.ask(ConvergeArgs{}).as<ConvergeReply>().kicked;
    };
    CHECK(kicks_after(29s) == 0);
    CHECK(kicks_after(1s) == 1);
    CHECK(kicks_after(29s) == 0);
    CHECK(kicks_after(1s + 20ms) == 1);
    CHECK(kicks_after(29s) == 0);
    CHECK(kicks_after(1s + 20ms) == 1);
    // The wall clock catches up in here.
    CHECK(kicks_after(29s) == 0);
    CHECK(kicks_after(1s + 20ms) == 1);
    CHECK(kicks_after(29s) == 0);
    CHECK(kicks_after(1s + 20ms) == 1);
}

TEST_CASE("deadlines of a task's own follow the boot clock while event times creep") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    rig.restart(0s, -1h);
    rig.pass(5s);
    client.ask(desire("unclaimed", {.time_to_claim = 10'000ms}));
    bring(client, "runs", State::running, "e", {.run_timeout = 20'000ms});
    const auto failed_after = [&](Duration age) {
        rig.pass(age);
        return client.ask(ConvergeArgs{}).as<ConvergeReply>().failed;
    };
    CHECK(failed_after(9900ms) == 0);
    CHECK(failed_after(110ms) == 1);
    CHECK(failed_after(9900ms) == 0);
    CHECK(failed_after(110ms) == 1);
}

TEST_CASE("a rejected task's delay follows the boot clock while event times creep") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    rig.restart(0s, -1h);
    rig.pass(1min);
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 5000ms});
    rig.pass(4900ms);
    CHECK(client.ask(ClaimArgs{"a", "e"}).status == "wrong_state");
    rig.pass(100ms);
    CHECK(client.ask(AcquireArgs{.executor_id = "e"}).as<protocol::AcquireReply>().tasks.count ==
          1);
}

TEST_CASE("presence follows the boot clock while event times creep") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.restart(0s, -1h);
    client.ask(HeartbeatArgs{.executor_id = "e"});
    rig.story();
    rig.pass(20s - 1ns);
    CHECK(rig.story().empty());
    rig.pass(1ns);
    CHECK(rig.story() == Story{"lost e"});
}

}  // namespace
}  // namespace taskbbs::loop_test
