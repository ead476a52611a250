// Nothing leaves before every event that it reveals is durable (docs/protocol.md, section 2).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

TEST_CASE("a mutation's reply and its event wait until its batch is durable") {
    Rig rig(without_passes());
    Client client(rig, "c");
    rig.run();
    rig.hold_syncs();
    client.send(desire("a"));
    rig.pass(1s);
    CHECK_FALSE(client.has_answer(1));
    CHECK(rig.story().empty());
    rig.let_syncs_go();
    CHECK(client.answer_to(1).status == "ok");
    CHECK(rig.story() == Story{"desired a"});
}

TEST_CASE("a read waits for what it reveals, and so does a refusal") {
    Rig rig(without_passes());
    Client client(rig, "c");
    Client reader(rig, "r");
    rig.run();
    rig.hold_syncs();
    client.send(desire("a"));
    rig.run();
    reader.send_as(1, GetArgs{"a"});
    reader.send_as(2, desire("a"));
    reader.send_as(3, ListArgs{});
    reader.send_as(4, StatsArgs{});
    rig.pass(1s);
    CHECK(reader.take().empty());
    rig.let_syncs_go();
    const std::vector<Answer> answers = reader.take();
    REQUIRE(answers.size() == 4);
    CHECK(answers[0].status == "ok");
    CHECK(answers[1].status == "already_exists");
}

TEST_CASE("a read that reveals nothing undurable needs no batch") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    const std::size_t batches = rig.batches();
    CHECK(client.ask(GetArgs{"a"}).status == "ok");
    CHECK(rig.batches() == batches);
}

TEST_CASE("while one batch syncs the next one gathers, and leaves when it is durable itself") {
    Rig rig(without_passes());
    Client client(rig, "c");
    rig.run();
    rig.hold_syncs();
    client.send(desire("a"));
    rig.run();
    client.send(desire("b"));
    client.send(ClaimArgs{"a", "e"});
    rig.run();
    rig.let_syncs_go();
    const std::vector<Answer> answers = client.take();
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].seq == 1);  // it left before the others were durable
    CHECK(answers[1].seq == 3);
    CHECK(answers[2].seq == 3);
}

TEST_CASE("a reply's seq is the newest durable event when its message left") {
    Rig rig(without_passes());
    Client client(rig, "c");
    CHECK(client.ask(GetArgs{"a"}).seq == 0);
    CHECK(client.ask(desire("a")).seq == 1);
    client.send(desire("b"));
    client.send(desire("c"));
    CHECK(client.answer_to(2 + 1).seq == 3);
    CHECK(client.ask(GetArgs{"a"}).seq == 3);
}

TEST_CASE("what a crash undid was told to nobody, and its retry is judged afresh") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    rig.hold_syncs();
    client.send_as(2, ClaimArgs{"a", "e"});
    Client(rig, "r").send_as(1, GetArgs{"a"});
    rig.run();
    rig.restart();
    CHECK(client.take().empty());
    CHECK(Client(rig, "r").take().empty());
    CHECK(rig.state_of("a") == State::pending);
    CHECK(client.ask_as(2, ClaimArgs{"a", "e"}).number("seq") == 2);
    CHECK(rig.story() == Story{"desired a", "claimed a"});
}

TEST_CASE("a tick does not reveal what is not durable") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.hold_syncs();
    client.send(desire("b"));
    rig.pass(1s);
    CHECK(rig.published().back().topic == "tick");
    CHECK(rig.published().back().as<protocol::Tick>().seq == 1);
}

TEST_CASE("the first batch of a run is there without any request") {
    Rig rig(without_passes());
    rig.run();
    CHECK(rig.batches() == 1);
    rig.pass(1min);
    CHECK(rig.batches() == 1);
}

TEST_CASE("an empty batch 100 ms after the last one says that it is durable, once") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    const std::size_t batches = rig.batches();
    rig.pass(100ms - 1ns);
    CHECK(rig.batches() == batches);
    rig.pass(1ns);
    CHECK(rig.batches() == batches + 1);
    rig.pass(1min);
    CHECK(rig.batches() == batches + 1);
}

TEST_CASE("a converge is answered when what it did is durable") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    rig.hold_syncs();
    const RequestId id = client.send(ConvergeArgs{});
    rig.pass(1s);
    CHECK_FALSE(client.has_answer(id));
    rig.let_syncs_go();
    CHECK(client.answer_to(id).as<protocol::ConvergeReply>().failed == 1);
}

TEST_CASE("a waiting acquire hands over only what is durably claimed") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.send(AcquireArgs{.executor_id = "e", .wait = 10'000ms});
    rig.run();
    rig.hold_syncs();
    Client(rig, "r").send(desire("a"));
    rig.pass(1s);
    CHECK_FALSE(client.has_answer(1));
    rig.let_syncs_go();
    CHECK(client.answer_to(1).as<protocol::AcquireReply>().tasks.count == 1);
}

TEST_CASE("a batch is full at limits.batch_bytes") {
    core::Settings settings = without_passes();
    settings.limits.batch_bytes = 10'000;
    Rig rig(settings);
    Client client(rig, "c");
    CHECK_FALSE(rig.broker().full());
    client.send(desire("a", {.payload = std::string(10'000, 'x')}));
    CHECK(rig.broker().full());
    rig.run();
    CHECK_FALSE(rig.broker().full());
}

}  // namespace
}  // namespace taskbbs::loop_test
