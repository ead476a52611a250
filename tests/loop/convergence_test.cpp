// The table of convergence, row by row (docs/protocol.md, section 5), by passes that are asked for.
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::ConvergeReply;
using protocol::OnExecutorLost;

ConvergeReply converge(Client& client, const ConvergeArgs& args = {}) {
    return client.ask(args).as<ConvergeReply>();
}

void turn_to(Rig& rig, Time time) {
    rig.turn_clock(time - rig.now());
}

// Nothing happens a nanosecond before `due`; then exactly `story` does.
void check_due(Rig& rig, Client& client, Time due, const Story& story) {
    rig.run();
    rig.story();
    turn_to(rig, due - 1ns);
    converge(client);
    CHECK(rig.story().empty());
    turn_to(rig, due);
    converge(client);
    CHECK(rig.story() == story);
}

// An executor that stays present whatever the tests do with the clock.
void keep_present(Client& client) {
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
}

TEST_CASE("a task that is pending for time_to_claim fails") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    const Time due = rig.task("a").pending_since + 30min;
    turn_to(rig, due - 1ns);
    converge(client);
    CHECK(rig.state_of("a") == State::pending);
    turn_to(rig, due);
    const ConvergeReply counts = converge(client);
    CHECK(counts.failed == 1);
    CHECK(counts.seq == rig.board().seq());
    const auto event = rig.last_event().as<protocol::TaskEventView>();
    CHECK(event.kind == protocol::Kind::completed);
    CHECK(event.cause == protocol::Cause::converge);
    CHECK(event.task.failed);
    CHECK(event.task.failure_reason == "not claimed within time limit");
    CHECK(event.task.completed_at == event.at);
}

TEST_CASE("a task's own time_to_claim stands for the broker's") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("short", {.time_to_claim = 5000ms}));
    client.ask(desire("long", {.time_to_claim = 3'600'000ms}));
    client.ask(desire("never", {.time_to_claim = protocol::no_time_to_claim_limit}));
    check_due(rig, client, rig.task("short").pending_since + 5s, {"completed short"});
    turn_to(rig, rig.task("long").pending_since + 1h - 1ns);
    CHECK(converge(client).failed == 0);
    turn_to(rig, rig.task("long").pending_since + 1h);
    CHECK(converge(client).failed == 1);
    rig.turn_clock(24h * 365);
    CHECK(converge(client).failed == 0);
    CHECK(rig.state_of("never") == State::pending);
}

TEST_CASE("the time to claim counts from pending_since: not_before and rejections set it back") {
    Rig rig(without_passes());
    Client client(rig, "c");
    keep_present(client);
    client.ask(desire("later", {.time_to_claim = 10'000ms, .not_before = rig.now() + 1h}));
    client.ask(desire("back", {.created_at = Time{1ns}}));
    client.ask(ClaimArgs{"back", "e"});
    rig.turn_clock(20min);
    client.ask(HeartbeatArgs{.executor_id = "e"});
    client.ask(RejectArgs{.guid = "back", .executor_id = "e", .delay = 0ms});
    rig.turn_clock(20min);
    CHECK(converge(client).failed == 0);
    rig.turn_clock(20min + 10s - 1ns);
    CHECK(converge(client).failed == 1);
    CHECK(rig.state_of("later") == State::pending);
    rig.turn_clock(1ns);
    CHECK(converge(client).failed == 1);
}

TEST_CASE("a claimed or running task whose executor is not present goes as if it had been lost") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "claimed", State::claimed, "absent");
    bring(client, "running", State::running, "absent");
    bring(client, "again", State::running, "absent", {.on_executor_lost = OnExecutorLost::requeue});
    rig.story();
    const ConvergeReply counts = converge(client);
    CHECK(counts.failed == 2);
    CHECK(counts.requeued == 1);
    CHECK(counts.demoted == 0);
    CHECK(rig.state_of("again") == State::pending);
    CHECK(rig.task("again").rejection_count == 1);
    CHECK(rig.task("claimed").failure_reason == "executor disappeared before completion");
    CHECK(rig.last_event().as<protocol::TaskEventView>().cause == protocol::Cause::executor_lost);
}

TEST_CASE("a task that is claimed for claim_timeout is demoted to pending") {
    Rig rig(without_passes());
    Client client(rig, "c");
    keep_present(client);
    bring(client, "a", State::claimed);
    const Time pending_since = rig.task("a").pending_since;
    check_due(rig, client, rig.task("a").updated_at + 30s, {"demoted a"});
    const TaskView task = rig.task("a");
    CHECK(task.state == State::pending);
    CHECK(task.executor_id.empty());
    CHECK(task.epoch == 0);
    CHECK(task.pending_since == pending_since);
    CHECK(task.rejection_count == 0);
}

TEST_CASE("a task that runs for its run_timeout fails, one without a timeout runs on") {
    Rig rig(without_passes());
    Client client(rig, "c");
    keep_present(client);
    bring(client, "free", State::running);
    bring(client, "a", State::running, "e", {.run_timeout = 90'000ms});
    check_due(rig, client, rig.task("a").updated_at + 90s, {"completed a"});
    CHECK(rig.task("a").failed);
    CHECK(rig.task("a").failure_reason == "run time limit passed");
    CHECK(rig.task("a").executor_id == "e");
}

TEST_CASE("a run_timeout beyond all time never passes") {
    Rig rig(without_passes());
    Client client(rig, "c");
    keep_present(client);
    bring(client, "a", State::running, "e", {.run_timeout = std::chrono::milliseconds::max()});
    rig.turn_clock(5min);
    CHECK(converge(client).failed == 0);
}

TEST_CASE("a completed task is gone after completed_expiry, as if resolved") {
    core::Settings settings = without_passes();
    settings.converge.completed_expiry = 10s;
    Rig rig(settings);
    Client client(rig, "c");
    bring(client, "a", State::completed);
    check_due(rig, client, rig.task("a").completed_at + 10s, {"resolved a"});
    CHECK_FALSE(rig.has("a"));
    const auto event = rig.last_event().as<protocol::TaskEventView>();
    CHECK(event.stream == protocol::Stream::resolved);
    CHECK(event.cause == protocol::Cause::converge);
}

TEST_CASE("expiry counts from completed_at, and a pass counts it") {
    core::Settings settings = without_passes();
    settings.converge.completed_expiry = 100s;
    Rig rig(settings);
    Client client(rig, "c");
    bring(client, "a", State::completed);
    rig.turn_clock(50s);
    CHECK(converge(client).kicked == 1);
    rig.turn_clock(20s);
    client.ask(ResolvingArgs{"a"});
    rig.turn_clock(30s - 1ms);
    CHECK(converge(client, {.convergence_interval = 10'000ms}).demoted == 1);
    rig.turn_clock(2ms);
    CHECK(converge(client).expired == 1);
}

TEST_CASE("a completed task never expires by default") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::completed);
    rig.turn_clock(24h * 30);
    CHECK(converge(client).expired == 0);
}

TEST_CASE("a task that is resolving for resolve_timeout is demoted to completed") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::resolving);
    const Time completed_at = rig.task("a").completed_at;
    check_due(rig, client, rig.task("a").updated_at + 30s, {"demoted a"});
    CHECK(rig.state_of("a") == State::completed);
    CHECK(rig.task("a").epoch == 0);
    CHECK(rig.task("a").completed_at == completed_at);
    CHECK(rig.task("a").executor_id == "e");
}

TEST_CASE("after a restart every age counts from when this process began to serve") {
    core::Settings settings = without_passes();
    settings.converge.completed_expiry = 100s;
    Rig rig(settings);
    Client client(rig, "c");
    keep_present(client);
    client.ask(desire("unclaimed", {.time_to_claim = 20'000ms}));
    bring(client, "runs", State::running, "e", {.run_timeout = 25'000ms});
    bring(client, "claimed", State::claimed);
    bring(client, "resolving", State::resolving);
    bring(client, "done", State::completed);
    rig.restart(1h);
    const Time from = rig.board().clock().serving_since();
    rig.story();
    const auto story_at = [&](Duration age) {
        turn_to(rig, from + age);
        converge(client);
        return rig.story();
    };
    CHECK(story_at(20s - 1ns).empty());
    CHECK(story_at(20s) == Story{"completed unclaimed"});
    CHECK(story_at(25s - 1ns).empty());
    CHECK(story_at(25s) == Story{"completed runs"});
    CHECK(story_at(30s - 1ns).empty());
    CHECK(story_at(30s) == Story{"demoted claimed", "demoted resolving", "kicked done"});
    CHECK(story_at(100s - 1ns).size() == 5);  // kicks
    CHECK(story_at(100s) == Story{"resolved resolving", "resolved done"});
}

TEST_CASE("an asked pass may bring its own time to claim, for tasks without their own") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    client.ask(desire("own", {.time_to_claim = 3'600'000ms}));
    rig.turn_clock(2s);
    CHECK(converge(client, {.time_to_claim = 2001ms}).failed == 0);
    CHECK(converge(client, {.time_to_claim = 1000ms}).failed == 1);
    CHECK(rig.state_of("own") == State::pending);
}

TEST_CASE("an asked pass's interval stands for kick, claim and resolve, without back-off") {
    Rig rig(without_passes());
    Client client(rig, "c");
    keep_present(client);
    bring(client, "pending", State::pending);
    bring(client, "claimed", State::claimed);
    bring(client, "completed", State::completed);
    bring(client, "resolving", State::resolving);
    rig.turn_clock(5s + 1us);
    const ConvergeArgs args{.convergence_interval = 5000ms};
    CHECK(converge(client, {.convergence_interval = 5001ms}).kicked == 0);
    const ConvergeReply first = converge(client, args);
    CHECK(first.kicked == 2);
    CHECK(first.demoted == 2);
    for (int i = 0; i < 3; ++i) {
        rig.turn_clock(5s + 1us);
        CHECK(converge(client, args).kicked == 4);
    }
}

TEST_CASE("a pass with interval 0 touches each task once") {
    Rig rig(without_passes());
    Client client(rig, "c");
    keep_present(client);
    bring(client, "claimed", State::claimed);
    bring(client, "pending", State::pending);
    bring(client, "resolving", State::resolving);
    rig.turn_clock(1s);
    const ConvergeReply counts = converge(client, {.convergence_interval = 0ms});
    CHECK(counts.kicked == 1);
    CHECK(counts.demoted == 2);
}

TEST_CASE("a converge that is asked again while it lasts is answered by the pass that is there") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.turn_clock(1s);
    const ConvergeArgs at_once{.convergence_interval = 0ms};
    const RequestId id = client.send(at_once);
    client.send_as(id, at_once);
    client.reconnect("c again");
    client.send_as(id, at_once);
    const auto again = client.answer_to(id).as<ConvergeReply>();
    client.reconnect("c");
    CHECK(client.answers_to(id) == 2);
    CHECK(again.kicked == 1);
    rig.turn_clock(1s);
    CHECK(converge(client, at_once).kicked == 1);  // one that is new
}

TEST_CASE("an interval beyond all time is never reached") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.turn_clock(1h);
    constexpr auto longest = std::chrono::milliseconds::max();
    const ConvergeReply counts =
        converge(client, {.time_to_claim = longest, .convergence_interval = longest});
    CHECK(counts.failed + counts.kicked == 0);
}

TEST_CASE("a pass with limits of 0 acts on what was done in the same moment") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (int i = 0; i < 20; ++i) {
        client.send(desire("t" + std::to_string(i)));
    }
    const auto counts = client.ask(ConvergeArgs{.time_to_claim = 0ms}).as<ConvergeReply>();
    CHECK(counts.failed == 20);
}

}  // namespace
}  // namespace taskbbs::loop_test
