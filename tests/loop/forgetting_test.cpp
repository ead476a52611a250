// What sessions are remembered, and for how long (docs/protocol.md, section 2).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

// A batch, by another session: forgetting happens at batches alone.
void let_a_batch_pass(Rig& rig) {
    Client other(rig, "other");
    static int count = 0;
    ++count;
    other.send_as(count, desire("batch-" + std::to_string(count)));
    rig.run();
}

std::int64_t sessions(Rig& rig) {
    return Client(rig, "reader").ask(StatsArgs{}).number("sessions");
}

TEST_CASE("a session is remembered for an hour after its last mutation, then forgotten") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    rig.turn_clock(30min);
    client.ask_as(2, ClaimArgs{"a", "e"});
    rig.turn_clock(1h - 1ms);
    let_a_batch_pass(rig);
    CHECK(client.ask_as(1, desire("a")).number("seq") == 1);
    CHECK(sessions(rig) == 2);
    rig.turn_clock(1ms);
    let_a_batch_pass(rig);
    CHECK(sessions(rig) == 1);
    CHECK(client.ask_as(1, desire("a")).status == "already_exists");
}

TEST_CASE("reads and acks do not keep a session alive") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    rig.turn_clock(59min);
    client.ack(1);
    client.ask_as(2, GetArgs{"a"});
    rig.turn_clock(1min + 1s);
    let_a_batch_pass(rig);
    CHECK(sessions(rig) == 1);
}

TEST_CASE("the time between two runs does not count") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    rig.turn_clock(30min);
    let_a_batch_pass(rig);
    rig.restart(5h);
    rig.turn_clock(29min);
    let_a_batch_pass(rig);
    CHECK(client.ask_as(1, desire("a")).number("seq") == 1);
    rig.turn_clock(1min + 1s);
    let_a_batch_pass(rig);
    CHECK(client.ask_as(1, desire("a")).status == "already_exists");
}

TEST_CASE("a restart forgets the same sessions as life did") {
    Rig rig(without_passes());
    for (int i = 0; i < 8; ++i) {
        Client client(rig, "c" + std::to_string(i));
        client.ask_as(1, desire("task-" + std::to_string(i)));
        rig.turn_clock(10min);
    }
    let_a_batch_pass(rig);  // at 80 min: those of 0, 10 and 20 min go
    CHECK(sessions(rig) == 6);
    rig.restart();
    CHECK(sessions(rig) == 6);
    for (int i = 0; i < 8; ++i) {
        Client client(rig, "c" + std::to_string(i));
        const Answer answer = client.ask_as(1, desire("task-" + std::to_string(i)));
        CHECK(answer.status == (i <= 2 ? "already_exists" : "ok"));
    }
}

TEST_CASE("a forgotten session's ids start anew") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    rig.turn_clock(1h);
    let_a_batch_pass(rig);
    client.ask_as(1, desire("b"));
    CHECK(client.ask_as(1, desire("b")).status == "ok");
    CHECK(rig.has("b"));
}

}  // namespace
}  // namespace taskbbs::loop_test
