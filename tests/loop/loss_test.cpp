// What becomes of the tasks of an executor that is lost or departs (docs/protocol.md, section 5).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::OnExecutorLost;
using protocol::TaskEventView;

constexpr int many = 1000;  // more than a slice of work ends

HeartbeatArgs beat_as(std::string_view incarnation) {
    return {.executor_id = "e", .incarnation = incarnation};
}

std::string guid(int i) {
    return "t" + std::to_string(i);
}

// An executor that owns many tasks, and has just departed: its own event is there, and some tasks
// are still to be ended.
RequestId depart_in_the_middle(Rig& rig, Client& client) {
    client.ask(beat_as("1"));
    for (int i = 0; i < many; ++i) {
        client.send(desire(guid(i)));
        client.send(ClaimArgs{guid(i), "e"});
    }
    rig.run();
    client.take();
    rig.story();
    const RequestId id = client.send(DepartArgs{"e"});
    rig.turn();
    rig.turn();
    REQUIRE(rig.state_of(guid(0)) == State::completed);
    REQUIRE(rig.state_of(guid(many - 1)) == State::claimed);
    return id;
}

TEST_CASE("a lost executor's task fails, by the cause executor_lost, and keeps who ran it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat_as("1"));
    bring(client, "a", GENERATE(State::claimed, State::running));
    rig.pass(20s);
    const auto event = rig.last_event().as<TaskEventView>();
    CHECK(event.kind == protocol::Kind::completed);
    CHECK(event.cause == protocol::Cause::executor_lost);
    CHECK(event.task.failed);
    CHECK(event.task.failure_reason == "executor disappeared before completion");
    CHECK(event.task.executor_id == "e");
    CHECK(event.task.epoch == 0);
    CHECK(event.task.rejection_count == 0);
}

TEST_CASE("a task with on_executor_lost = requeue goes back, which counts as a rejection") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat_as("1"));
    bring(client, "a", State::running, "e", {.on_executor_lost = OnExecutorLost::requeue});
    rig.pass(20s);
    const auto event = rig.last_event().as<TaskEventView>();
    CHECK(event.kind == protocol::Kind::requeued);
    CHECK(event.cause == protocol::Cause::executor_lost);
    const TaskView task = rig.task("a");
    CHECK(task.state == State::pending);
    CHECK(task.executor_id.empty());
    CHECK(task.container_handle.empty());
    CHECK(task.epoch == 0);
    CHECK(task.rejection_count == 1);
    CHECK(task.rejection_reason == "executor disappeared before completion");
    CHECK(is_about(task.pending_since, rig.now()));
    CHECK(client.ask(ClaimArgs{"a", "x"}).status == "ok");
}

TEST_CASE("a requeue past max_rejections fails the task") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat_as("1"));
    bring(client,
          "a",
          State::claimed,
          "e",
          {.max_rejections = 0, .on_executor_lost = OnExecutorLost::requeue});
    client.ask(DepartArgs{"e"});
    const auto event = rig.last_event().as<TaskEventView>();
    CHECK(event.kind == protocol::Kind::completed);
    CHECK(event.cause == protocol::Cause::executor_lost);
    CHECK(event.task.failure_reason == "rejected 1 times: executor disappeared before completion");
    CHECK(event.task.rejection_count == 1);
    CHECK(event.task.failed);
}

TEST_CASE("from its own event on, requests in a lost executor's name for those tasks are refused") {
    Rig rig(without_passes());
    Client client(rig, "c");
    depart_in_the_middle(rig, client);
    const std::string last = guid(many - 1);
    client.send_as(9001, StartArgs{last, "e", {}});
    client.send_as(9002, RejectArgs{.guid = last, .executor_id = "e"});
    rig.run();
    CHECK(client.answer_to(9001).status == "not_owner");
    CHECK(client.answer_to(9002).status == "not_owner");
}

TEST_CASE(
    "a retried claim or acquire is not given a task that its lost executor is about to lose") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("last"));
    Client executor(rig, "x");
    executor.ask_as(1, ClaimArgs{"last", "e"});
    client.ask(desire("last2"));
    executor.ask_as(2, AcquireArgs{.executor_id = "e"});
    // Later by birth, so that these two go first.
    client.ask(beat_as("1"));
    client.send(DepartArgs{"e"});
    executor.send_as(1, ClaimArgs{"last", "e"});
    executor.send_as(2, AcquireArgs{.executor_id = "e"});
    CHECK_FALSE(executor.answer_to(1).as<protocol::OwnedReply>().task);
    CHECK(executor.answer_to(2).as<protocol::AcquireReply>().tasks.count == 0);
}

TEST_CASE(
    "tasks are ended in slices, without waiting for a pass, depart is answered after the last") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId id = depart_in_the_middle(rig, client);
    CHECK_FALSE(client.has_answer(id));
    const Answer answer = client.answer_to(id);
    CHECK(answer.number("seq") == rig.board().seq());
    CHECK(rig.story().size() == many + 1);
    CHECK(rig.board().tasks().count(State::completed) == many);
}

TEST_CASE(
    "a depart that is retried while tasks are being ended is answered once each, after the last") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId id = depart_in_the_middle(rig, client);
    client.reconnect("c again");
    client.send_as(id, DepartArgs{"e"});
    rig.turn();
    CHECK_FALSE(client.has_answer(id));
    const Answer answer = client.answer_to(id);
    CHECK(answer.number("seq") == rig.board().seq());
}

TEST_CASE("a new incarnation joins, and is answered, after the last task of the former one") {
    Rig rig(without_passes());
    Client client(rig, "c");
    depart_in_the_middle(rig, client);
    const RequestId id = client.send(beat_as(GENERATE("1", "2")));
    rig.turn();
    CHECK_FALSE(client.has_answer(id));
    CHECK(client.answer_to(id).status == "ok");
    const Story story = rig.story();
    REQUIRE(story.size() == many + 2);
    CHECK(story.front() == "departed e");
    CHECK(story.back() == "joined e");
}

TEST_CASE("a restart in the middle finishes the rest before the executor joins anew") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId id = depart_in_the_middle(rig, client);
    rig.story();
    rig.restart();
    client.send(beat_as("1"));
    rig.run();
    CHECK(rig.story().back() == "joined e");
    CHECK(rig.board().tasks().count(State::completed) == many);
    const Seq last = rig.board().seq() - 1;
    CHECK(client.ask_as(id, DepartArgs{"e"}).number("seq") == last);
}

TEST_CASE(
    "a depart that is retried after a restart in the middle is answered after the last task") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId id = depart_in_the_middle(rig, client);
    rig.restart();
    const Answer answer = client.ask_as(id, DepartArgs{"e"});
    CHECK(answer.number("seq") == rig.board().seq());
    CHECK(rig.board().tasks().count(State::completed) == many);
}

TEST_CASE(
    "what waits for a lost executor's tasks is answered though a cancel ended the last of them") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat_as("1"));
    bring(client, "a", State::running);
    const bool departs = GENERATE(true, false);
    const RequestId id = departs ? client.send(DepartArgs{"e"}) : client.send(beat_as("2"));
    client.send(CancelArgs{"a", {}});
    CHECK(client.answer_to(id).status == "ok");
    CHECK(rig.task("a").failure_reason == "cancelled");
}

TEST_CASE("what an executor claims after it left is not ended with what it lost") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(beat_as("1"));
    bring(client, "a", State::claimed);
    client.ask(desire("b"));
    client.send(DepartArgs{"e"});
    client.send(ClaimArgs{"b", "e"});
    rig.run();
    CHECK(rig.state_of("a") == State::completed);
    CHECK(rig.state_of("b") == State::claimed);
}

TEST_CASE("several executors that are lost at once each end their tasks") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (const auto* executor : {"e1", "e2", "e3"}) {
        client.ask(HeartbeatArgs{.executor_id = executor});
        bring(client, std::string("of-") + executor, State::running, executor);
    }
    client.send(DepartArgs{"e2"});
    client.send(DepartArgs{"e1"});
    client.send(DepartArgs{"e3"});
    rig.run();
    CHECK(rig.board().tasks().count(State::completed) == 3);
    CHECK(client.answer_to(client.last_id()).status == "ok");
    CHECK(client.answer_to(client.last_id() - 1).status == "ok");
    CHECK(client.answer_to(client.last_id() - 2).status == "ok");
}

}  // namespace
}  // namespace taskbbs::loop_test
