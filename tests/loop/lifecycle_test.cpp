// The verbs that move a task (docs/protocol.md, section 3, the drawing, and the table of section
// 4).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::OwnedReply;
using protocol::RejectReply;
using protocol::SeqReply;

TEST_CASE("a desired task is pending, with the broker's stamps and nobody's epoch") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const Answer answer = client.ask(desire("a", {.stack = "lucid64", .type = "Staging"}));
    CHECK(answer.as<SeqReply>().seq == 1);
    const TaskView task = rig.task("a");
    CHECK(task.state == State::pending);
    CHECK(task.domain == "default");
    CHECK(task.max_rejections == 3);
    CHECK(is_about(task.created_at, rig.now()));
    CHECK(task.pending_since == task.created_at);
    CHECK(task.updated_at == task.created_at);
    CHECK(task.seq == 1);
    CHECK(task.epoch == 0);
    CHECK(task.executor_id.empty());
}

TEST_CASE("desire ignores the fields that only the broker sets") {
    Rig rig(without_passes());
    Client client(rig, "c");
    // As a client of another language might send a task that it got from somewhere.
    std::string args;
    protocol::Packer packer(args);
    packer.map(1);
    packer.str("task");
    TaskView task{.guid = "a", .created_at = Time{5ns}};
    task.state = State::running;
    task.executor_id = "e";
    task.epoch = 7;
    task.rejection_count = 2;
    encode(packer, task, protocol::Defaults::keep, protocol::whole);
    client.send_raw(1, "desire", args);
    CHECK(client.answer_to(1).status == "ok");
    CHECK(rig.state_of("a") == State::pending);
    CHECK(rig.task("a").executor_id.empty());
    CHECK(rig.task("a").epoch == 0);
    CHECK(rig.task("a").rejection_count == 0);
    CHECK(rig.task("a").created_at == Time{5ns});
    CHECK(is_about(rig.task("a").pending_since, rig.now()));
}

TEST_CASE("desiring a guid that is on the board is refused") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::completed);
    CHECK(client.ask(desire("a")).status == "already_exists");
    client.ask(ResolvingArgs{"a"});
    client.ask(ResolveArgs{"a", {}});
    CHECK(client.ask(desire("a")).status == "ok");
}

TEST_CASE("a task that is desired for later is never pending since before its not_before") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.not_before = rig.now() + 1h}));
    CHECK(rig.task("a").pending_since == rig.now() + 1h);
}

TEST_CASE("claim gives a pending task to an executor under the claim's own number") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.payload = "run me", .annotation = "note"}));
    const Answer answer = client.ask(ClaimArgs{"a", "e"});
    const auto owned = answer.as<OwnedReply>();
    CHECK(owned.seq == 2);
    CHECK(owned.epoch == 2);
    REQUIRE(owned.task);
    CHECK(owned.task->state == State::claimed);
    CHECK(owned.task->executor_id == "e");
    CHECK(owned.task->payload == "run me");
    CHECK(owned.task->annotation == "note");
    CHECK(rig.task("a").epoch == 2);
}

TEST_CASE("claim is refused unless the task is pending") {
    const auto state = GENERATE(State::claimed, State::running, State::completed, State::resolving);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    const Answer answer = client.ask(ClaimArgs{"a", "other"});
    CHECK(answer.status == "wrong_state");
    CHECK(answer.text("state") == name_of(state));
}

TEST_CASE("claim is refused before not_before, and accepted from then on") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.not_before = rig.now() + 10s}));
    rig.pass(10s - 1ns);
    const Answer early = client.ask(ClaimArgs{"a", "e"});
    CHECK(early.status == "wrong_state");
    CHECK(early.text("field") == "not_before");
    rig.turn_clock(1ns);
    CHECK(client.ask(ClaimArgs{"a", "e"}).status == "ok");
}

TEST_CASE("start makes a claimed task running and keeps its epoch") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    rig.pass(1s);
    CHECK(client.ask(StartArgs{"a", "e", "box-7", 2}).as<SeqReply>().seq == 3);
    CHECK(rig.state_of("a") == State::running);
    CHECK(rig.task("a").container_handle == "box-7");
    CHECK(rig.task("a").epoch == 2);
    CHECK(is_about(rig.task("a").updated_at, rig.now()));
}

TEST_CASE("start is refused unless the task is claimed") {
    const auto state = GENERATE(State::pending, State::running, State::completed, State::resolving);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    CHECK(client.ask(StartArgs{"a", "e", "box"}).status == "wrong_state");
}

TEST_CASE("complete records the outcome and who ran it, and ends the ownership") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::running);
    rig.pass(2s);
    const Answer answer = client.ask(CompleteArgs{.guid = "a",
                                                  .failed = true,
                                                  .failure_reason = "exit 1",
                                                  .result = "log",
                                                  .executor_id = "e",
                                                  .epoch = 2});
    CHECK(answer.as<SeqReply>().seq == 4);
    const TaskView task = rig.task("a");
    CHECK(task.state == State::completed);
    CHECK(task.failed);
    CHECK(task.failure_reason == "exit 1");
    CHECK(task.result == "log");
    CHECK(is_about(task.completed_at, rig.now()));
    CHECK(task.epoch == 0);
    CHECK(task.executor_id == "e");
    CHECK(task.container_handle == "box");
}

TEST_CASE("complete is refused unless the task is running") {
    const auto state = GENERATE(State::pending, State::claimed, State::completed, State::resolving);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    CHECK(client.ask(complete("a")).status == "wrong_state");
}

TEST_CASE("reject puts a claimed or running task back, counted and delayed by a second") {
    const auto state = GENERATE(State::claimed, State::running);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    rig.pass(1s);
    const Answer answer =
        client.ask(RejectArgs{.guid = "a", .executor_id = "e", .reason = "no room"});
    CHECK(answer.as<RejectReply>().state == State::pending);
    const TaskView task = rig.task("a");
    CHECK(task.state == State::pending);
    CHECK(task.rejection_count == 1);
    CHECK(task.rejection_reason == "no room");
    CHECK(task.executor_id.empty());
    CHECK(task.container_handle.empty());
    CHECK(task.epoch == 0);
    CHECK(task.not_before == rig.now() + 1s);
    CHECK(task.pending_since == task.not_before);
}

TEST_CASE("reject is refused unless the task is claimed or running") {
    const auto state = GENERATE(State::pending, State::completed, State::resolving);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    CHECK(client.ask(RejectArgs{.guid = "a", .executor_id = "e"}).status == "wrong_state");
}

TEST_CASE("a reject's delay doubles with each rejection, up to a minute") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.max_rejections = 100}));
    for (const Duration delay : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        client.ask(ClaimArgs{"a", "e"});
        client.ask(RejectArgs{.guid = "a", .executor_id = "e"});
        CHECK(rig.task("a").not_before == rig.now() + delay);
        rig.turn_clock(delay);
    }
}

TEST_CASE("a reject's own delay stands in for the broker's, 0 too") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 5000ms});
    CHECK(rig.task("a").not_before == rig.now() + 5s);
    rig.turn_clock(5s);
    client.ask(ClaimArgs{"a", "e"});
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 0ms});
    CHECK(client.ask(ClaimArgs{"a", "e"}).status == "ok");
}

TEST_CASE("a reject beyond max_rejections completes the task as failed") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::running, "e", {.max_rejections = 1});
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 0ms});
    client.ask(ClaimArgs{"a", "e"});
    rig.story();
    const Answer answer =
        client.ask(RejectArgs{.guid = "a", .executor_id = "e", .reason = "again"});
    CHECK(answer.as<RejectReply>().state == State::completed);
    CHECK(rig.story() == Story{"rejected a"});
    const TaskView task = rig.task("a");
    CHECK(task.state == State::completed);
    CHECK(task.failed);
    CHECK(task.failure_reason == "rejected 2 times: again");
    CHECK(task.rejection_count == 2);
    CHECK(task.rejection_reason == "again");
    CHECK(is_about(task.completed_at, rig.now()));
    CHECK(task.executor_id == "e");
}

TEST_CASE("a composed failure_reason is cut to its limit at a character") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed, "e", {.max_rejections = 0});
    std::string reason(1023, 'x');
    reason.replace(1001, 2, "é");  // "rejected 1 times: " takes 18 bytes
    reason.replace(1003, 2, "é");
    reason.replace(1005, 2, "é");
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .reason = reason});
    CHECK(rig.task("a").failure_reason == "rejected 1 times: " + reason.substr(0, 1005));
    CHECK(rig.task("a").rejection_reason == reason);
}

TEST_CASE("cancel fails a pending, claimed or running task") {
    const auto state = GENERATE(State::pending, State::claimed, State::running);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    bring(client, "b", state);
    CHECK(client.ask(CancelArgs{"a", {}}).status == "ok");
    CHECK(client.ask(CancelArgs{"b", "not needed"}).status == "ok");
    CHECK(rig.task("a").state == State::completed);
    CHECK(rig.task("a").failed);
    CHECK(rig.task("a").failure_reason == "cancelled");
    CHECK(rig.task("b").failure_reason == "cancelled: not needed");
    CHECK(rig.task("b").epoch == 0);
}

TEST_CASE("cancel is refused once the task is completed") {
    const auto state = GENERATE(State::completed, State::resolving);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    CHECK(client.ask(CancelArgs{"a", {}}).status == "wrong_state");
}

TEST_CASE(
    "resolving hands a completed task over under an epoch of its own, and changes nothing else") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::running);
    client.ask(CompleteArgs{.guid = "a", .result = "42"});
    const auto owned = client.ask(ResolvingArgs{"a"}).as<OwnedReply>();
    CHECK(owned.epoch == 5);
    REQUIRE(owned.task);
    CHECK(owned.task->result == "42");
    CHECK(owned.task->state == State::resolving);
    CHECK(owned.task->executor_id == "e");
    CHECK(owned.task->container_handle == "box");
}

TEST_CASE("resolving is refused unless the task is completed") {
    const auto state = GENERATE(State::pending, State::claimed, State::running, State::resolving);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    CHECK(client.ask(ResolvingArgs{"a"}).status == "wrong_state");
}

TEST_CASE("resolve takes a resolving task off the board") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::resolving);
    CHECK(client.ask(ResolveArgs{"a", 5}).as<SeqReply>().seq == 6);
    CHECK_FALSE(rig.has("a"));
    CHECK(client.ask(GetArgs{"a"}).status == "not_found");
    const auto event = rig.last_event().as<protocol::TaskEventView>();
    CHECK(event.stream == protocol::Stream::resolved);
    CHECK(event.task.state == State::resolved);
    CHECK(event.task.epoch == 0);
}

TEST_CASE("resolve is refused unless the task is resolving") {
    const auto state = GENERATE(State::pending, State::claimed, State::running, State::completed);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    CHECK(client.ask(ResolveArgs{"a", {}}).status == "wrong_state");
}

TEST_CASE("every accepted transition is one event, and stamps the task with its number and time") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::resolving);
    CHECK(rig.story() ==
          Story{"desired a", "claimed a", "started a", "completed a", "resolving a"});
    CHECK(rig.task("a").seq == 5);
    CHECK(rig.task("a").updated_at == rig.last_event().as<protocol::TaskEventView>().at);
}

}  // namespace
}  // namespace taskbbs::loop_test
