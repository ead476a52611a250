// What the broker foretells of a task (docs/protocol.md, section 9, "Explain"): it must come true.
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::ExplainArgs;
using protocol::ExplainReply;

ExplainReply explained(Client& client, std::string_view guid = "a") {
    return client.ask(ExplainArgs{guid}).as<ExplainReply>();
}

// What an asked pass at `time` does: kicked, demoted, failed, expired, in digits.
std::string pass_at(Rig& rig, Client& client, Time time) {
    rig.turn_clock(time - rig.now());
    const auto counts = client.ask(ConvergeArgs{}).as<protocol::ConvergeReply>();
    return std::to_string(counts.kicked) + std::to_string(counts.demoted) +
           std::to_string(counts.failed) + std::to_string(counts.expired);
}

core::Settings with_expiry() {
    core::Settings settings = without_passes();
    settings.converge.completed_expiry = 10min;
    return settings;
}

TEST_CASE("a task that is not there is not explained") {
    Rig rig;
    CHECK(Client(rig, "c").ask(ExplainArgs{"a"}).status == "not_found");
}

TEST_CASE("explain shows the task as a header") {
    Rig rig;
    Client client(rig, "c");
    client.ask(desire("a", {.stack = "s", .payload = "run"}));
    const Answer answer = client.ask(ExplainArgs{"a"});
    CHECK(answer.body.at("task").at("stack").str() == "s");
    CHECK(answer.body.at("task").at("payload_size").integer() == 3);
    CHECK(answer.body.at("task").at("payload").is_nil());
    CHECK(answer.as<ExplainReply>().at == rig.now());
}

TEST_CASE("a kick comes when it was foretold, and not before, however many came in a row") {
    const auto state = GENERATE(State::pending, State::completed);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state, "e", {.time_to_claim = protocol::no_time_to_claim_limit});
    for (int kicks = 0; kicks < 8; ++kicks) {
        const auto facts = explained(client);
        CHECK(facts.kicks == kicks);
        REQUIRE(facts.kick_at);
        CHECK(pass_at(rig, client, *facts.kick_at - 1ns) == "0000");
        CHECK(pass_at(rig, client, *facts.kick_at) == "1000");
    }
}

TEST_CASE("a pending task fails when it was foretold, by the board's limit or its own") {
    const auto own = GENERATE(0ms, 60'000ms);
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.time_to_claim = own}));
    const auto fail_at = explained(client).fail_at;
    REQUIRE(fail_at);
    pass_at(rig, client, *fail_at - 1ns);
    CHECK(rig.state_of("a") == State::pending);
    pass_at(rig, client, *fail_at);
    CHECK(rig.task("a").failure_reason == "not claimed within time limit");
}

TEST_CASE("a delayed task's time to claim is foretold from its not_before on") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.time_to_claim = 60'000ms}));
    client.ask(ClaimArgs{"a", "e"});
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 600'000ms});
    CHECK(explained(client).fail_at == rig.task("a").not_before + 60s);
}

TEST_CASE("a claim and a resolving end when it was foretold") {
    const auto state = GENERATE(State::claimed, State::resolving);
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    bring(client, "a", state);
    const auto demote_at = explained(client).demote_at;
    REQUIRE(demote_at);
    CHECK(pass_at(rig, client, *demote_at - 1ns) == "0000");
    CHECK(pass_at(rig, client, *demote_at) == "0100");
}

TEST_CASE("a run timeout is foretold, without one a running task has no end") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    bring(client, "a", State::running, "e", {.run_timeout = 60'000ms});
    bring(client, "b", State::running);
    CHECK_FALSE(explained(client, "b").fail_at);
    const auto fail_at = explained(client).fail_at;
    REQUIRE(fail_at);
    CHECK(pass_at(rig, client, *fail_at - 1ns) == "0000");
    CHECK(pass_at(rig, client, *fail_at) == "0010");
}

TEST_CASE("expiry is foretold where there is any") {
    Rig rig(with_expiry());
    Client client(rig, "c");
    bring(client, "a", State::completed);
    const auto expire_at = explained(client).expire_at;
    REQUIRE(expire_at);
    CHECK(pass_at(rig, client, *expire_at - 1ns) == "1000");
    CHECK(pass_at(rig, client, *expire_at) == "0001");

    Rig without(without_passes());
    Client other(without, "c");
    bring(other, "a", State::completed);
    CHECK_FALSE(explained(other).expire_at);
}

TEST_CASE("an owner is shown with its presence, and is lost when it was foretold") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e"});
    bring(client, "a", State::running);
    const auto owner = explained(client).owner;
    REQUIRE(owner);
    CHECK(owner->executor_id == "e");
    CHECK(owner->present);
    CHECK_FALSE(owner->held);
    CHECK(owner->ttl == 15s);
    CHECK(owner->expires_at == rig.now() + 15s);
    REQUIRE(owner->lost_at);
    rig.pass(*owner->lost_at - rig.now() - 1ns);
    CHECK(rig.state_of("a") == State::running);
    rig.pass(1ns);
    CHECK(rig.state_of("a") == State::completed);
    CHECK_FALSE(explained(client).owner);
}

TEST_CASE("an owner that the brake holds is shown as held until its grace is over") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (const auto* executor : {"e", "f", "g"}) {
        client.ask(HeartbeatArgs{.executor_id = executor});
    }
    bring(client, "a", State::running);
    rig.pass(21s);
    const auto facts = explained(client);
    CHECK(facts.brake);
    REQUIRE(facts.owner);
    CHECK(facts.owner->held);
    rig.pass(*facts.owner->lost_at - rig.now() - 1ns);
    CHECK(rig.state_of("a") == State::running);
    rig.pass(1ns);
    CHECK(rig.state_of("a") == State::completed);
}

TEST_CASE("an owner that is not present is shown so") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed, "absent");
    const auto owner = explained(client).owner;
    REQUIRE(owner);
    CHECK_FALSE(owner->present);
    CHECK_FALSE(owner->expires_at);
    CHECK_FALSE(owner->lost_at);
}

TEST_CASE("the next pass is foretold where passes are made by themselves") {
    Rig rig;
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    bring(client, "a", State::claimed);
    rig.pass(20s);
    const auto facts = explained(client);
    CHECK(facts.every == 30s);
    REQUIRE(facts.next_pass_at);
    rig.pass(*facts.next_pass_at - rig.now());
    CHECK(explained(client).next_pass_at == *facts.next_pass_at + 30s);

    Rig without(without_passes());
    Client other(without, "c");
    bring(other, "a", State::pending);
    CHECK_FALSE(explained(other).next_pass_at);
    CHECK(explained(other).every == 0s);
}

TEST_CASE("that the disk is short is told") {
    Rig rig;
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.broker().set_read_only(true);
    CHECK(explained(client).read_only);
}

}  // namespace
}  // namespace taskbbs::loop_test
