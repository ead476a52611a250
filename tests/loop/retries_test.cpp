// Retries are safe (docs/protocol.md, section 2): a mutation is applied once per session and id.
#include "tests/loop/client.hpp"

#include <fmt/format.h>

namespace taskbbs::loop_test {
namespace {

using protocol::AcquireReply;
using protocol::OwnedReply;

// Each rule holds in the same run and after a restart.
void perhaps_restart(Rig& rig) {
    if (GENERATE(false, true)) {
        rig.restart();
    }
}

TEST_CASE("a retried mutation gets its first number and makes no second event") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ask_as(2, ClaimArgs{"a", "e"});
    client.ask_as(3, StartArgs{"a", "e", "box", 2});
    client.ask_as(4, complete("a"));
    client.ask_as(5, ResolvingArgs{"a"});
    client.ask_as(6, ResolveArgs{"a", {}});
    client.ask_as(7, desire("b"));
    client.ask_as(8, CancelArgs{"b", {}});
    perhaps_restart(rig);
    rig.story();
    CHECK(client.ask_as(1, desire("a")).number("seq") == 1);
    CHECK(client.ask_as(2, ClaimArgs{"a", "e"}).number("seq") == 2);
    CHECK(client.ask_as(3, StartArgs{"a", "e", "box", 2}).number("seq") == 3);
    CHECK(client.ask_as(4, complete("a")).number("seq") == 4);
    CHECK(client.ask_as(5, ResolvingArgs{"a"}).number("epoch") == 5);
    CHECK(client.ask_as(6, ResolveArgs{"a", {}}).number("seq") == 6);
    CHECK(client.ask_as(7, desire("b")).number("seq") == 7);
    CHECK(client.ask_as(8, CancelArgs{"b", {}}).number("seq") == 8);
    CHECK(rig.story().empty());
    CHECK(rig.board().seq() == 8);
}

TEST_CASE("a retried drain or depart gets its first number") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e"});
    client.ask_as(2, DrainArgs{"e"});
    client.ask_as(3, DepartArgs{"e"});
    perhaps_restart(rig);
    CHECK(client.ask_as(2, DrainArgs{"e"}).number("seq") == 2);
    CHECK(client.ask_as(3, DepartArgs{"e"}).number("seq") == 3);
    CHECK(rig.board().seq() == 3);
}

TEST_CASE("a retried reject gets its first state, whatever became of the task") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed, "e", {.max_rejections = 1});
    const RejectArgs reject{.guid = "a", .executor_id = "e", .delay = 0ms};
    client.ask_as(10, reject);
    client.ask_as(11, ClaimArgs{"a", "e"});
    client.ask_as(12, reject);
    perhaps_restart(rig);
    CHECK(client.ask_as(10, reject).as<protocol::RejectReply>().state == State::pending);
    CHECK(client.ask_as(12, reject).as<protocol::RejectReply>().state == State::completed);
}

TEST_CASE("a retried claim shows the task as it is now while its epoch still owns it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ask_as(2, ClaimArgs{"a", "e"});
    client.ask_as(3, StartArgs{"a", "e", "box"});
    perhaps_restart(rig);
    const auto again = client.ask_as(2, ClaimArgs{"a", "e"}).as<OwnedReply>();
    CHECK(again.seq == 2);
    CHECK(again.epoch == 2);
    REQUIRE(again.task);
    CHECK(again.task->state == State::running);
}

TEST_CASE("a retried claim shows no task once another epoch or nobody owns it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ask_as(2, ClaimArgs{"a", "e"});
    client.ask_as(3, RejectArgs{.guid = "a", .executor_id = "e", .delay = 0ms});
    const bool claimed_anew = GENERATE(false, true);
    if (claimed_anew) {
        client.ask_as(4, ClaimArgs{"a", "e"});
    }
    perhaps_restart(rig);
    const auto again = client.ask_as(2, ClaimArgs{"a", "e"}).as<OwnedReply>();
    CHECK(again.epoch == 2);
    CHECK_FALSE(again.task);
}

TEST_CASE("a retried resolving shows the task until another epoch resolves it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::completed);
    client.ask_as(10, ResolvingArgs{"a"});
    CHECK(client.ask_as(10, ResolvingArgs{"a"}).as<OwnedReply>().task);
    client.ask_as(11, ResolveArgs{"a", {}});
    perhaps_restart(rig);
    CHECK_FALSE(client.ask_as(10, ResolvingArgs{"a"}).as<OwnedReply>().task);
}

TEST_CASE("a retried acquire hands over those of its tasks that it still holds") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (const auto* guid : {"a", "b", "c", "d"}) {
        client.ask(desire(guid));
    }
    const AcquireArgs acquire{.executor_id = "e", .max = 3};
    CHECK(guids_of(client.ask_as(10, acquire).as<AcquireReply>().tasks) == Story{"a", "b", "c"});
    client.ask_as(11, StartArgs{"a", "e", {}});
    client.ask_as(12, RejectArgs{.guid = "b", .executor_id = "e", .delay = 0ms});
    client.ask_as(13, ClaimArgs{"b", "e"});
    client.ask_as(14, ClaimArgs{"d", "e"});
    perhaps_restart(rig);
    const auto again = client.ask_as(10, acquire).as<AcquireReply>();
    CHECK(guids_of(again.tasks) == Story{"a", "c"});
    CHECK(again.seq == 7);
}

TEST_CASE("of a message full of retried acquires that look at very many tasks the rest is busy") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (int i = 0; i < 5000; ++i) {
        const std::string guid = fmt::format("t{}", i);
        client.ack(client.last_id());
        bring(client, guid, State::claimed);
    }
    client.ask(desire("last"));
    const AcquireArgs acquire{.executor_id = "e", .max = 1};
    const RequestId id = client.send(acquire);
    CHECK(client.answer_to(id).status == "ok");
    constexpr int retries = 1000;
    std::string packed;
    protocol::Packer packer(packed);
    for (int i = 0; i < retries; ++i) {
        pack_request(packer, id, acquire);
    }
    client.send_packed(retries, packed);
    rig.run();
    const std::vector<Answer> answers = client.take();
    REQUIRE(answers.size() == retries);
    CHECK(answers.front().status == "ok");
    CHECK(answers.back().status == "busy");
    const auto again = client.ask_as(id, acquire);  // in a message of its own
    CHECK(guids_of(again.as<AcquireReply>().tasks) == Story{"last"});
}

TEST_CASE("an id that was used for another verb is an invalid request") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    perhaps_restart(rig);
    const Answer answer = client.ask_as(1, ClaimArgs{"a", "e"});
    CHECK(answer.status == "invalid_request");
    CHECK(answer.text("field") == "id");
    CHECK(rig.state_of("a") == State::pending);
}

TEST_CASE("the same id of another session is another request") {
    Rig rig(without_passes());
    Client client(rig, "c");
    Client other(rig, "d");
    client.ask_as(1, desire("a"));
    CHECK(other.ask_as(1, desire("a")).status == "already_exists");
}

TEST_CASE("a retry over another connection gets the first outcome there") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.reconnect("c again");
    CHECK(client.ask_as(1, desire("a")).number("seq") == 1);
}

TEST_CASE("a mutation with an acked id is never executed again") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ask_as(2, CancelArgs{"a", {}});
    client.ack(2);
    client.ask_as(3, desire("b"));  // the newest ack that came with an applied mutation
    client.ack(0);
    perhaps_restart(rig);
    CHECK(client.ask_as(1, desire("a")).status == "request_expired");
    CHECK(client.ask_as(2, desire("x")).status == "request_expired");
    CHECK_FALSE(rig.has("x"));
}

TEST_CASE("an ack holds for the whole session as soon as the message is received") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ack(5);
    client.send(GetArgs{"a"});
    client.ack(0);
    CHECK(client.ask_as(5, desire("a")).status == "request_expired");
    CHECK(client.ask_as(6, desire("a")).status == "ok");
}

TEST_CASE("after a restart an ack that came with no applied mutation is forgotten") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ack(1);
    client.ask_as(2, GetArgs{"a"});
    client.ack(0);
    rig.restart();
    CHECK(client.ask_as(1, desire("a")).number("seq") == 1);
}

TEST_CASE("a refused mutation leaves no trace: its retry is judged afresh") {
    Rig rig(without_passes());
    Client client(rig, "c");
    CHECK(client.ask_as(1, ClaimArgs{"a", "e"}).status == "not_found");
    client.ask_as(2, desire("a"));
    CHECK(client.ask_as(1, ClaimArgs{"a", "e"}).status == "ok");
}

TEST_CASE("an acquire that claimed nothing leaves no trace: its retry is judged afresh") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const AcquireArgs acquire{.executor_id = "e"};
    CHECK(client.ask_as(1, acquire).as<AcquireReply>().tasks.count == 0);
    client.ask_as(2, desire("a"));
    CHECK(client.ask_as(1, acquire).as<AcquireReply>().tasks.count == 1);
}

TEST_CASE("reads, heartbeats and passes may be repeated with any id, acked ones too") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ack(1);
    CHECK(client.ask_as(1, GetArgs{"a"}).status == "ok");
    CHECK(client.ask_as(1, HeartbeatArgs{.executor_id = "e"}).status == "ok");
    CHECK(client.ask_as(1, HeartbeatArgs{.executor_id = "e"}).status == "ok");
    CHECK(client.ask_as(1, ConvergeArgs{}).status == "ok");
    CHECK(client.ask_as(1, ConvergeArgs{}).status == "ok");
}

TEST_CASE("the ids of one session may be applied out of order after a reconnect") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(5, desire("e"));
    client.ask_as(3, desire("c"));
    client.ask_as(4, desire("d"));
    perhaps_restart(rig);
    CHECK(client.ask_as(3, desire("c")).number("seq") == 2);
    CHECK(client.ask_as(4, desire("d")).number("seq") == 3);
    CHECK(client.ask_as(5, desire("e")).number("seq") == 1);
}

TEST_CASE("an ack holds though the batch that it comes with forgets its session") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ask_as(2, desire("b"));
    rig.turn_clock(61min);
    client.ack(2);
    CHECK(client.ask_as(3, desire("c")).status == "ok");
    client.ack(0);  // a copy of an old message arrives late
    bring(client, "other", State::pending);
    CHECK(client.ask_as(2, desire("anew")).status == "request_expired");
    CHECK_FALSE(rig.has("anew"));
}

}  // namespace
}  // namespace taskbbs::loop_test
