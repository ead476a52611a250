// While the disk is short of space (docs/protocol.md, section 6, `read_only`).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

TEST_CASE("while it is read-only desire, claim and acquire are refused, and leave no trace") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::pending);
    rig.broker().set_read_only(true);
    const RequestId first = client.send(desire("b"));
    CHECK(client.answer_to(first).status == "read_only");
    CHECK(client.ask(ClaimArgs{"a", "e"}).status == "read_only");
    CHECK(client.ask(AcquireArgs{.executor_id = "e"}).status == "read_only");
    CHECK(client.ask(AcquireArgs{.executor_id = "e", .wait = 1000ms}).status == "read_only");
    CHECK(rig.state_of("a") == State::pending);
    rig.broker().set_read_only(false);
    CHECK(client.ask_as(first, desire("b")).status == "ok");
}

TEST_CASE("while it is read-only what is under way goes on to its end") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "starts", State::claimed);
    bring(client, "rejected", State::claimed);
    bring(client, "cancelled", State::pending);
    rig.broker().set_read_only(true);
    CHECK(client.ask(StartArgs{"starts", "e", "box"}).status == "ok");
    CHECK(client.ask(complete("starts")).status == "ok");
    CHECK(client.ask(ResolvingArgs{"starts"}).status == "ok");
    CHECK(client.ask(protocol::ResolveArgs{"starts", {}}).status == "ok");
    CHECK(client.ask(protocol::RejectArgs{.guid = "rejected", .executor_id = "e"}).status == "ok");
    CHECK(client.ask(protocol::CancelArgs{"cancelled", "enough"}).status == "ok");
    CHECK(client.ask(GetArgs{"cancelled"}).status == "ok");
    CHECK(client.ask(HeartbeatArgs{.executor_id = "e"}).status == "ok");
}

TEST_CASE("what a task is already is told before read_only, and read_only before busy") {
    core::Settings settings = without_passes();
    settings.limits.tasks = 1;
    Rig rig(settings);
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    rig.broker().set_read_only(true);
    CHECK(client.ask(desire("a")).status == "already_exists");
    CHECK(client.ask(ClaimArgs{"a", "e"}).status == "wrong_state");
    CHECK(client.ask(ClaimArgs{"nope", "e"}).status == "not_found");
    CHECK(client.ask(desire("b")).status == "read_only");
}

TEST_CASE("a retry of what was applied before is answered while it is read-only") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const Answer applied = client.ask_as(1, desire("a"));
    rig.broker().set_read_only(true);
    CHECK(client.ask_as(1, desire("a")).number("seq") == applied.number("seq"));
}

TEST_CASE("kicks pause while it is read-only, and go on afterwards, passes still demote and fail") {
    Rig rig;
    Client client(rig, "c");
    bring(client, "kicked", State::pending);
    bring(client, "claimed", State::claimed, "nobody");
    rig.story();
    rig.broker().set_read_only(true);
    rig.pass(2min);
    for (const std::string& event : rig.story()) {
        CHECK_FALSE(event.starts_with("kicked"));
    }
    rig.broker().set_read_only(false);
    rig.pass(1min);
    const Story after = rig.story();
    CHECK(std::count(after.begin(), after.end(), "kicked kicked") >= 1);
}

TEST_CASE("who waits is not served while it is read-only, and is afterwards") {
    Rig rig(without_passes());
    Client client(rig, "c");
    Client waiter(rig, "w");
    bring(client, "a", State::claimed, "f");
    waiter.send_as(1, AcquireArgs{.executor_id = "e", .wait = 60'000ms});
    rig.broker().set_read_only(true);
    client.ask(protocol::RejectArgs{.guid = "a", .executor_id = "f", .delay = 0ms});
    rig.run();
    CHECK_FALSE(waiter.has_answer(1));
    rig.broker().set_read_only(false);
    rig.run();
    CHECK(waiter.answer_to(1).as<protocol::AcquireReply>().tasks.count == 1);
}

TEST_CASE("stats say whether it is read-only") {
    Rig rig(without_passes());
    Client client(rig, "c");
    CHECK(client.ask(StatsArgs{}).body.at("read_only").boolean() == false);
    rig.broker().set_read_only(true);
    CHECK(client.ask(StatsArgs{}).body.at("read_only").boolean() == true);
}

}  // namespace
}  // namespace taskbbs::loop_test
