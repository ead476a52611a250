// When presence runs out, and the brake (docs/protocol.md, section 5).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

constexpr Duration ttl = 15s;
constexpr Duration judged = 20s;  // a third of the ttl after it ran out
constexpr Duration held = 75s;    // the grace of 60 s after it ran out

void beat(Client& client, std::string_view executor) {
    CHECK(client.ask(HeartbeatArgs{.executor_id = executor}).status == "ok");
}

void join(Client& client, int count) {
    for (int i = 1; i <= count; ++i) {
        beat(client, "e" + std::to_string(i));
    }
}

bool brakes(Rig& rig) {
    return Client(rig, "reader").ask(StatsArgs{}).body.at("brake").boolean().value();
}

TEST_CASE("an executor that is silent is lost a third of its ttl after its presence ran out") {
    Rig rig(without_passes());
    Client client(rig, "c");
    beat(client, "e");
    rig.story();
    rig.pass(judged - 1ns);
    CHECK(rig.story().empty());
    rig.pass(1ns);
    CHECK(rig.story() == Story{"lost e"});
    const auto lost = rig.last_event().as<protocol::ExecutorEventView>();
    CHECK(lost.reason == "expired");
    CHECK(lost.incarnation.empty());
}

TEST_CASE(
    "a heartbeat renews presence for a whole ttl, also between running out and the judgement") {
    Rig rig(without_passes());
    Client client(rig, "c");
    beat(client, "e");
    rig.story();
    rig.pass(GENERATE(Duration(5s), Duration(ttl), Duration(judged - 1ns)));
    beat(client, "e");
    rig.pass(judged - 1ns);
    CHECK(rig.story().empty());
    rig.pass(1ns);
    CHECK(rig.story() == Story{"lost e"});
}

TEST_CASE("nobody is judged before the heartbeats that were received already are handled") {
    Rig rig(without_passes());
    Client client(rig, "c");
    beat(client, "e");
    rig.story();
    rig.turn_clock(1min);
    rig.turn(false);
    CHECK(rig.story().empty());
    beat(client, "e");
    rig.run();
    CHECK(rig.story().empty());
}

TEST_CASE("one or two executors that run out are lost, even if they are all there are") {
    const int count = GENERATE(1, 2);
    Rig rig(without_passes());
    Client client(rig, "c");
    join(client, count);
    rig.story();
    rig.pass(judged);
    CHECK(rig.story().size() == static_cast<std::size_t>(count));
    CHECK_FALSE(brakes(rig));
}

TEST_CASE("three that run out together, half of those present, are lost, more than half are held") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const int present = GENERATE(6, 5);
    join(client, present);
    rig.pass(10s);
    for (int i = 4; i <= present; ++i) {
        beat(client, "e" + std::to_string(i));
    }
    rig.story();
    rig.pass(10s);
    CHECK(rig.story().size() == (present == 6 ? 3 : 0));
    CHECK(brakes(rig) == (present == 5));
}

TEST_CASE("those held are lost at the end of their grace, without a new judgement") {
    Rig rig(without_passes());
    Client client(rig, "c");
    join(client, 4);
    rig.story();
    rig.pass(judged);
    CHECK(rig.story().empty());
    CHECK(brakes(rig));
    CHECK(client.ask(StatsArgs{}).number("executors") == 4);
    rig.pass(held - judged - 1ns);
    CHECK(rig.story().empty());
    rig.pass(1ns);
    CHECK(rig.story().size() == 4);
    CHECK_FALSE(brakes(rig));
}

TEST_CASE("one that heartbeats while it is held was never away") {
    Rig rig(without_passes());
    Client client(rig, "c");
    join(client, 3);
    bring(client, "a", State::running, "e1");
    rig.pass(40s);
    REQUIRE(brakes(rig));
    rig.story();
    HeartbeatArgs args{.executor_id = "e1"};
    args.running = {{"a", rig.task("a").epoch}};
    CHECK(client.ask(args).as<protocol::HeartbeatReply>().stale.empty());
    beat(client, "e2");
    beat(client, "e3");
    CHECK_FALSE(brakes(rig));
    rig.pass(ttl - 1s);
    CHECK(rig.story().empty());
    CHECK(rig.state_of("a") == State::running);
}

TEST_CASE("each is judged at its own time, when a common cause has run out all that it struck") {
    Rig rig(without_passes());
    Client client(rig, "c");
    beat(client, "e1");
    rig.pass(4s);
    beat(client, "e2");
    rig.pass(900ms);
    beat(client, "e3");
    rig.story();
    rig.pass(40s);  // the first one was judged when all three had run out
    CHECK(rig.story().empty());
    rig.pass(held);
    CHECK(rig.story() == Story{"lost e1", "lost e2", "lost e3"});
}

TEST_CASE("one that is judged when the others are back is lost though the brake held before") {
    Rig rig(without_passes());
    Client client(rig, "c");
    join(client, 3);
    rig.pass(6s);
    beat(client, "e4");
    rig.pass(15s);  // the three are held; the fourth runs out at 21 s, and is judged at 26 s
    REQUIRE(brakes(rig));
    join(client, 3);
    rig.story();
    rig.pass(5s);
    CHECK(rig.story() == Story{"lost e4"});
}

TEST_CASE("depart and a new incarnation act at once while the brake holds") {
    Rig rig(without_passes());
    Client client(rig, "c");
    join(client, 3);
    rig.pass(30s);
    REQUIRE(brakes(rig));
    rig.story();
    client.ask(DepartArgs{"e1"});
    client.ask(HeartbeatArgs{.executor_id = "e2", .incarnation = "2"});
    CHECK(rig.story() == Story{"departed e1", "lost e2", "joined e2"});
    CHECK(brakes(rig));  // the third is still held
    rig.pass(45s);
    CHECK_FALSE(brakes(rig));
}

TEST_CASE("the brake's numbers are the operator's") {
    core::Settings settings = without_passes();
    settings.presence.brake_percent = GENERATE(100U, 0U);
    settings.presence.brake_grace = 30s;
    Rig rig(settings);
    Client client(rig, "c");
    join(client, 4);
    rig.story();
    rig.pass(judged);
    if (settings.presence.brake_percent == 100) {
        CHECK(rig.story().size() == 4);  // never more than all
        return;
    }
    CHECK(rig.story().empty());
    rig.pass(ttl + 30s - judged);
    CHECK(rig.story().size() == 4);
}

TEST_CASE("a restart gives those held a whole ttl") {
    Rig rig(without_passes());
    Client client(rig, "c");
    join(client, 3);
    rig.pass(70s);
    rig.restart();
    rig.story();
    CHECK_FALSE(brakes(rig));
    rig.pass(ttl);
    CHECK(rig.story().empty());
}

TEST_CASE("a loop that was held up judges as it would have in time") {
    Rig rig(without_passes());
    Client client(rig, "c");
    join(client, 4);
    rig.story();
    rig.stall(judged + 10s);
    CHECK(rig.story().empty());
    CHECK(brakes(rig));
}

TEST_CASE(
    "an executor with a longer ttl runs out later, and is judged a third of its own ttl later") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "long", .ttl = 60'000ms});
    beat(client, "e");
    rig.story();
    rig.pass(judged);
    CHECK(rig.story() == Story{"lost e"});
    rig.pass(80s - judged - 1us);
    CHECK(rig.story().empty());
    rig.pass(1us);
    CHECK(rig.story() == Story{"lost long"});
}

}  // namespace
}  // namespace taskbbs::loop_test
