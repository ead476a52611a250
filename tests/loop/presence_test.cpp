// Executors that join, renew, restart and leave (docs/protocol.md, section 5, "Presence").
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::ExecutorEventView;
using protocol::HeartbeatReply;

HeartbeatArgs beat(std::string_view executor, std::string_view incarnation = "1") {
    return {.executor_id = executor, .incarnation = incarnation};
}

TEST_CASE("an executor is present from its first heartbeat, which is an event, renewals are none") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const auto reply = client.ask(beat("e")).as<HeartbeatReply>();
    CHECK(reply.ttl == 15s);
    CHECK(reply.stale.empty());
    CHECK_FALSE(reply.draining);
    const auto joined = rig.last_event().as<ExecutorEventView>();
    CHECK(joined.kind == protocol::Kind::joined);
    CHECK(joined.executor_id == "e");
    CHECK(joined.incarnation == "1");
    CHECK(joined.ttl == 15s);
    CHECK(joined.reason.empty());
    client.ask(beat("e"));
    CHECK(rig.story() == Story{"joined e"});
}

TEST_CASE("the ttl is fixed per incarnation") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 30'000ms});
    const Answer again = client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 5000ms});
    CHECK(again.as<HeartbeatReply>().ttl == 30s);
}

TEST_CASE("a heartbeat names the tasks that the executor does not own under that epoch as stale") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "mine", State::claimed, "e");         // epoch 2
    bring(client, "running", State::running, "e");      // epoch 4
    bring(client, "other", State::claimed, "x");        // epoch 7
    bring(client, "done", State::completed, "e");       // epoch was 9
    bring(client, "resolving", State::resolving, "e");  // epoch 16
    HeartbeatArgs args = beat("e");
    args.running = {{"mine", 2},
                    {"running", 4},
                    {"running", 3},
                    {"other", 7},
                    {"done", 9},
                    {"done", 0},
                    {"resolving", 16},
                    {"nothing", 1}};
    const auto stale = client.ask(args).as<HeartbeatReply>().stale;
    CHECK(Story(stale.begin(), stale.end()) ==
          Story{"running", "other", "done", "done", "resolving", "nothing"});
}

TEST_CASE("another incarnation is a restart: lost, then its tasks, then joined, then the reply") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat("e", "1"));
    bring(client, "a", State::claimed);
    bring(
        client, "b", State::running, "e", {.on_executor_lost = protocol::OnExecutorLost::requeue});
    rig.story();
    const Answer answer = client.ask(beat("e", "2"));
    CHECK(answer.status == "ok");
    CHECK(answer.seq == rig.board().seq());
    CHECK(rig.story() == Story{"lost e", "completed a", "requeued b", "joined e"});
    const auto& events = rig.published();
    const auto lost = std::find_if(events.begin(), events.end(), [](const Published& each) {
        return each.map.at("kind").str() == "lost";
    });
    CHECK(lost->as<ExecutorEventView>().reason == "restarted");
    CHECK(lost->as<ExecutorEventView>().incarnation == "1");
}

TEST_CASE("an incarnation after which another one joined never comes back") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat("e", "1"));
    client.ask(beat("e", "2"));
    const bool present = GENERATE(true, false);
    if (!present) {
        client.ask(DepartArgs{"e"});
    }
    if (GENERATE(false, true)) {
        rig.restart();
    }
    rig.story();
    const Answer answer = client.ask(beat("e", "1"));
    CHECK(answer.status == "not_owner");
    CHECK(answer.text("executor_id") == "e");
    CHECK(answer.text("incarnation") == "2");
    CHECK(rig.story().empty());
}

TEST_CASE("the incarnation that left last may come back") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat("e", "1"));
    client.ask(DepartArgs{"e"});
    CHECK(client.ask(beat("e", "1")).status == "ok");
    CHECK(rig.story() == Story{"joined e", "departed e", "joined e"});
}

TEST_CASE("who departs or drains an incarnation that was replaced harms nobody") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat("e", "1"));
    client.ask(beat("e", "2"));
    rig.story();
    const DepartArgs departs{.executor_id = "e", .incarnation = "1"};
    const DrainArgs drains{.executor_id = "e", .incarnation = "1"};
    for (const Answer& answer : {client.ask(departs), client.ask(drains)}) {
        CHECK(answer.status == "not_owner");
        CHECK(answer.text("executor_id") == "e");
        CHECK(answer.text("incarnation") == "2");
    }
    CHECK(rig.story().empty());
    CHECK(client.ask(DrainArgs{.executor_id = "e", .incarnation = "2"}).status == "ok");
    CHECK(client.ask(DepartArgs{.executor_id = "e", .incarnation = "2"}).status == "ok");
    CHECK(rig.story() == Story{"draining e", "departed e"});
}

TEST_CASE("at least the last eight former incarnations are remembered") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (int i = 0; i <= 8; ++i) {
        CHECK(client.ask(beat("e", std::to_string(i))).status == "ok");
    }
    for (int i = 0; i < 8; ++i) {
        CHECK(client.ask(beat("e", std::to_string(i))).status == "not_owner");
    }
    CHECK(client.ask(beat("e", "8")).status == "ok");
}

TEST_CASE("depart leaves at once and is answered after the last task that it ended") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat("e"));
    bring(client, "a", State::claimed);
    bring(client, "b", State::running);
    rig.story();
    const Answer answer = client.ask(DepartArgs{"e"});
    CHECK(rig.story() == Story{"departed e", "completed a", "completed b"});
    CHECK(answer.number("seq") == rig.board().seq());
    CHECK(rig.task("a").failure_reason == "executor disappeared before completion");
    CHECK(client.ask_as(answer.id, DepartArgs{"e"}).number("seq") == answer.number("seq"));
    CHECK(client.ask(DepartArgs{"e"}).status == "not_found");
}

TEST_CASE("draining is told by the heartbeat's replies until it is off or the executor leaves") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const auto draining = [&](std::string_view incarnation) {
        return client.ask(beat("e", incarnation)).as<HeartbeatReply>().draining;
    };
    client.ask(beat("e"));
    client.ask(DrainArgs{"e"});
    CHECK(draining("1"));
    rig.restart();
    CHECK(draining("1"));
    client.ask(DrainArgs{"e", false});
    CHECK_FALSE(draining("1"));
    client.ask(DrainArgs{"e"});
    CHECK_FALSE(draining("2"));
    CHECK(client.ask(StatsArgs{}).number("draining") == 0);
}

TEST_CASE("drain is always an event, changed or not") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat("e"));
    client.ask(DrainArgs{"e"});
    client.ask(DrainArgs{"e"});
    client.ask(DrainArgs{"e", false});
    client.ask(DrainArgs{"e", false});
    CHECK(rig.story() ==
          Story{"joined e", "draining e", "draining e", "undrained e", "undrained e"});
    CHECK(client.ask(StatsArgs{}).number("draining") == 0);
}

TEST_CASE("after a broker restart those present keep their presence for a whole ttl") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 9000ms});
    rig.turn_clock(8s);
    rig.restart(1h);
    rig.story();
    rig.pass(9s + 3s - 1ns);
    CHECK(rig.story().empty());
    rig.pass(1ns);
    CHECK(rig.story() == Story{"lost e"});
}

TEST_CASE(
    "a heartbeat of an executor that only ever claimed makes it present and keeps its tasks") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    rig.story();
    client.ask(beat("e"));
    client.ask(ConvergeArgs{});
    CHECK(rig.story() == Story{"joined e"});
    CHECK(rig.state_of("a") == State::claimed);
}

}  // namespace
}  // namespace taskbbs::loop_test
