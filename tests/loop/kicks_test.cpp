// Kicks and the passes that make them (docs/protocol.md, section 5, "Convergence").
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::ConvergeReply;
using protocol::TaskEventView;

void turn_to(Rig& rig, Time time) {
    rig.turn_clock(time - rig.now());
}

// Kicks that an asked pass makes at `time`.
std::int64_t kicks_at(Rig& rig, Client& client, Time time) {
    turn_to(rig, time);
    return client.ask(ConvergeArgs{}).as<ConvergeReply>().kicked;
}

// Published so far, of this kind.
std::vector<TaskEventView> events_of(Rig& rig, protocol::Kind kind) {
    std::vector<TaskEventView> found;
    for (const Published& each : rig.published()) {
        if (each.map.at("kind").str() == name_of(kind)) {
            found.push_back(each.as<TaskEventView>());
        }
    }
    return found;
}

void desire_many(Client& client, Rig& rig, int count) {
    for (int i = 0; i < count; ++i) {
        client.send(
            desire("t" + std::to_string(i), {.time_to_claim = protocol::no_time_to_claim_limit}));
        client.ack(client.last_id());
    }
    rig.run();
    client.take();
}

// Of so many tasks, each of which is due.
RequestId ask_for_pass_over(int tasks, Client& client, Rig& rig) {
    desire_many(client, rig, tasks);
    rig.turn_clock(31s);
    return client.send(ConvergeArgs{});
}

TEST_CASE(
    "a pending or completed task that nothing happened to for kick_interval is announced again") {
    const auto state = GENERATE(State::pending, State::completed);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state);
    const TaskView before = rig.task("a");
    CHECK(kicks_at(rig, client, before.updated_at + 30s - 1ns) == 0);
    CHECK(kicks_at(rig, client, before.updated_at + 30s) == 1);
    const auto event = rig.last_event().as<TaskEventView>();
    CHECK(event.kind == protocol::Kind::kicked);
    CHECK(event.cause == protocol::Cause::converge);
    CHECK(event.stream == protocol::stream_of(state));
    const TaskView after = rig.task("a");
    CHECK(is_about(after.updated_at, rig.now()));
    CHECK(after.seq == event.seq);
    CHECK(after.pending_since == before.pending_since);
    CHECK(after.completed_at == before.completed_at);
    CHECK(after.state == state);
}

TEST_CASE("the kick interval doubles with each kick in a row, up to kick_interval_max") {
    const auto state = GENERATE(State::pending, State::completed);
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", state, "e", {.time_to_claim = protocol::no_time_to_claim_limit});
    for (const Duration interval : {30s, 60s, 120s, 240s, 480s, 900s, 900s, 900s}) {
        const Time due = rig.task("a").updated_at + interval;
        CHECK(kicks_at(rig, client, due - 1ns) == 0);
        CHECK(kicks_at(rig, client, due) == 1);
    }
}

TEST_CASE("any other event of the task ends the row of kicks") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    kicks_at(rig, client, rig.now() + 31s);
    kicks_at(rig, client, rig.now() + 61s);
    client.ask(ClaimArgs{"a", "e"});
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 0ms});
    CHECK(kicks_at(rig, client, rig.task("a").updated_at + 30s) == 1);
}

TEST_CASE("a restart does not end the row of kicks") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    kicks_at(rig, client, rig.now() + 31s);
    kicks_at(rig, client, rig.now() + 61s);
    rig.restart(1h);
    const Time from = rig.board().clock().serving_since();
    CHECK(kicks_at(rig, client, from + 120s - 1ns) == 0);
    CHECK(kicks_at(rig, client, from + 120s) == 1);
}

TEST_CASE("a kick interval is never below kick_interval, whatever its maximum is") {
    core::Settings settings = without_passes();
    settings.converge.kick_interval_max = 5s;
    Rig rig(settings);
    Client client(rig, "c");
    client.ask(desire("a"));
    for (int i = 0; i < 3; ++i) {
        const Time due = rig.task("a").updated_at + 30s;
        CHECK(kicks_at(rig, client, due - 1ns) == 0);
        CHECK(kicks_at(rig, client, due) == 1);
    }
}

TEST_CASE(
    "the first pass comes converge.every after the start, the next ones as long after each other") {
    core::Settings settings;
    settings.converge.every = 10s;
    settings.converge.kick_interval = 1s;
    settings.converge.kick_interval_max = 1s;
    Rig rig(settings);
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.story();
    rig.pass(10s - 1ns);
    CHECK(rig.story().empty());
    rig.pass(1ns);
    CHECK(rig.story() == Story{"kicked a"});
    rig.pass(10s - 1ns);
    CHECK(rig.story().empty());
    rig.pass(1ns);
    CHECK(rig.story() == Story{"kicked a"});
}

TEST_CASE("with converge.every = 0 there are no passes but those asked for") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.story();
    rig.pass(1h);
    CHECK(rig.story().empty());
    CHECK(client.ask(ConvergeArgs{}).as<ConvergeReply>().failed == 1);
}

TEST_CASE("a timed pass fails, demotes and loses as an asked one does") {
    Rig rig;
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    bring(client, "old", State::pending, {}, {.time_to_claim = 1000ms});
    bring(client, "absent", State::running, "nobody");
    bring(client, "resolving", State::resolving);
    rig.story();
    rig.pass(30s);
    CHECK(rig.story() == Story{"completed old", "completed absent"});
    rig.pass(30s);
    // Of two events at one moment the second is stamped a nanosecond later.
    CHECK(rig.story() == Story{"demoted resolving", "kicked old"});
    rig.pass(30s);
    CHECK(rig.story() == Story{"kicked absent", "kicked resolving"});
}

TEST_CASE(
    "timed kicks keep to converge.kick_rate a second, oldest first, until all that was due is") {
    core::Settings settings;
    settings.converge.every = 31s;
    settings.converge.kick_rate = GENERATE(1U, 50U, 150U, 1000U);
    const int rate = static_cast<int>(settings.converge.kick_rate);
    const int tasks = rate * 3;
    Rig rig(settings);
    Client client(rig, "c");
    desire_many(client, rig, tasks);
    rig.pass(31s + 5s);
    const std::vector<TaskEventView> kicks = events_of(rig, protocol::Kind::kicked);
    REQUIRE(kicks.size() == static_cast<std::size_t>(tasks));
    for (int i = 0; i < tasks; ++i) {
        CHECK(kicks[i].task.guid == "t" + std::to_string(i));
        if (i >= rate) {
            CHECK(kicks[i].at - kicks[i - rate].at >= 1s - 1ms);
        }
    }
    CHECK(kicks.back().at - kicks.front().at < 3500ms);
}

TEST_CASE("an asked pass kicks all that is due, whatever the rate") {
    core::Settings settings = without_passes();
    settings.converge.kick_rate = 10;
    Rig rig(settings);
    Client client(rig, "c");
    desire_many(client, rig, 1000);
    CHECK(kicks_at(rig, client, rig.now() + 31s) == 1000);
}

TEST_CASE("kicks of pending and completed tasks take turns by age") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (const auto* guid : {"a", "b", "c", "d"}) {
        bring(client, guid, *guid == 'b' || *guid == 'c' ? State::completed : State::pending);
        rig.turn_clock(1s);
    }
    rig.story();
    kicks_at(rig, client, rig.now() + 31s);
    CHECK(rig.story() == Story{"kicked a", "kicked b", "kicked c", "kicked d"});
}

TEST_CASE("a pass runs in slices, and requests are answered in between") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId pass = ask_for_pass_over(2000, client, rig);
    CHECK(rig.turn());
    const RequestId read = client.send(GetArgs{"t5"});
    CHECK(rig.turn());
    CHECK(rig.turn());
    CHECK(client.has_answer(read));
    CHECK_FALSE(client.has_answer(pass));
    CHECK(client.answer_to(pass).as<ConvergeReply>().kicked == 2000);
}

TEST_CASE("beside requests that wait a pass goes on, in smaller slices") {
    Rig rig(without_passes());
    Client client(rig, "c");
    ask_for_pass_over(2000, client, rig);
    const auto kicked_in_a_turn = [&rig](bool drained) {
        rig.story();
        rig.turn(drained);
        return rig.story().size();
    };
    const std::size_t alone = kicked_in_a_turn(true);
    const std::size_t beside = kicked_in_a_turn(false);
    CHECK(beside > 0);
    CHECK(beside <= alone / 4);
}

TEST_CASE(
    "what is due fills no batch: what is asked for meanwhile leaves with a bounded part of it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId pass = ask_for_pass_over(5000, client, rig);
    rig.turn();
    rig.hold_syncs();
    for (int turns = 0; turns < 100; ++turns) {
        rig.turn();
    }
    CHECK_FALSE(rig.turn());  // only the journal can help
    const core::Seq held = rig.board().seq();
    const RequestId cancel = client.send(CancelArgs{"t4999", {}});
    rig.turn();
    CHECK(rig.board().seq() == held + 1);
    rig.let_syncs_go();
    CHECK(client.answer_to(cancel).status == "ok");
    CHECK(client.answer_to(pass).as<ConvergeReply>().kicked == 4999);
}

TEST_CASE("a task that a request touches during a pass is not kicked by it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId pass = ask_for_pass_over(1000, client, rig);
    rig.turn();
    client.send(CancelArgs{"t999", {}});
    CHECK(client.answer_to(pass).as<ConvergeReply>().kicked == 999);
}

TEST_CASE("passes that are asked for at once run one after the other") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.turn_clock(31s);
    const RequestId first = client.send(ConvergeArgs{});
    const RequestId second = client.send(ConvergeArgs{});
    CHECK(client.answer_to(first).as<ConvergeReply>().kicked == 1);
    CHECK(client.answer_to(second).as<ConvergeReply>().kicked == 0);
}

}  // namespace
}  // namespace taskbbs::loop_test
