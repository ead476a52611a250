// Queues that are paused and resumed (docs/protocol.md, section 9, "Pause").
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::AcquireReply;
using protocol::ExplainArgs;
using protocol::PausedReply;
using protocol::PauseView;
using protocol::QueueEventView;
using protocol::Resources;
using protocol::SeqReply;

const auto every_task = AcquireArgs{.executor_id = "e", .max = 100};

Story acquired(Client& client, const AcquireArgs& args = every_task) {
    return guids_of(client.ask(args).as<AcquireReply>().tasks);
}

Story handed(Client& client, RequestId id) {
    return guids_of(client.answer_to(id).as<AcquireReply>().tasks);
}

// "domain" or "domain/stack" of each pause.
Story paused(Client& client) {
    Story pauses;
    for (const Value item : client.ask(PausedArgs{}).as<PausedReply>().paused.array) {
        PauseView pause;
        REQUIRE_FALSE(decode(item, pause));
        pauses.push_back(std::string(pause.domain) +
                         (pause.stack ? "/" + std::string(*pause.stack) : std::string()));
    }
    return pauses;
}

// Tasks a of d/s1, b of d/s2, c of d without a stack, z of another domain.
void desire_four(Client& client) {
    client.ask(desire("a", {.domain = "d", .stack = "s1"}));
    client.ask(desire("b", {.domain = "d", .stack = "s2"}));
    client.ask(desire("c", {.domain = "d"}));
    client.ask(desire("z", {.domain = "other", .stack = "s1"}));
}

TEST_CASE("acquire passes a paused queue by and no other one") {
    Rig rig(without_passes());
    Client client(rig, "c");
    desire_four(client);
    client.ask(PauseArgs{.domain = "d", .stack = "s1"});
    CHECK(acquired(client) == Story{"b", "c", "z"});
}

TEST_CASE("a stack without a name is one that can be paused") {
    Rig rig(without_passes());
    Client client(rig, "c");
    desire_four(client);
    client.ask(PauseArgs{.domain = "d", .stack = ""});
    CHECK(acquired(client) == Story{"a", "b", "z"});
}

TEST_CASE("a pause without a stack is of the whole domain, also of stacks to come") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "d"});
    desire_four(client);
    CHECK(acquired(client) == Story{"z"});
    CHECK(acquired(client, {.executor_id = "e", .stacks = {"s2"}, .domains = {"d"}}).empty());
    CHECK(acquired(client, {.executor_id = "e", .domains = {"d"}}).empty());
    CHECK(acquired(client, {.executor_id = "e", .stacks = {"s1", ""}}).empty());
}

TEST_CASE("what is paused can be claimed by its guid, started, completed and cancelled") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "default"});
    bring(client, "a", State::completed);
    client.ask(desire("b"));
    CHECK(client.ask(CancelArgs{"b", {}}).status == "ok");
}

TEST_CASE("time limits go on while a queue is paused") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "default"});
    client.ask(desire("a", {.time_to_claim = 1000ms}));
    rig.turn_clock(2s);
    client.ask(ConvergeArgs{});
    CHECK(rig.state_of("a") == State::completed);
}

TEST_CASE("who waits gets nothing of a paused queue, and all of it once that is resumed") {
    Rig rig(without_passes());
    Client waiting(rig, "w");
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "d"});
    waiting.send(AcquireArgs{.executor_id = "e", .max = 10, .wait = 60'000ms});
    client.ask(desire("a", {.domain = "d"}));
    client.ask(desire("b", {.domain = "d"}));
    rig.run();
    CHECK_FALSE(waiting.has_answer(1));
    client.ask(ResumeArgs{.domain = "d"});
    CHECK(handed(waiting, 1) == Story{"a", "b"});
}

TEST_CASE("those who wait are served in the order in which they came when a queue is resumed") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "d"});
    std::deque<Client> clients;
    for (const char* name : {"first", "second", "third"}) {
        clients.emplace_back(rig, name).send(AcquireArgs{.executor_id = name, .wait = 60'000ms});
    }
    client.ask(desire("a", {.domain = "d"}));
    client.ask(desire("b", {.domain = "d"}));
    client.ask(ResumeArgs{.domain = "d"});
    CHECK(handed(clients[0], 1) == Story{"a"});
    CHECK(handed(clients[1], 1) == Story{"b"});
    CHECK_FALSE(clients[2].has_answer(1));
}

TEST_CASE("more of those who wait than a turn has looks for are all served") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "d"});
    constexpr std::size_t many = 500;
    std::deque<Client> clients;
    for (std::size_t i = 0; i < many; ++i) {
        const std::string name = "w" + std::to_string(i);
        clients.emplace_back(rig, name).send(AcquireArgs{
            .executor_id = name, .stacks = {i % 2 == 0 ? "s" : "none"}, .wait = 60'000ms});
    }
    for (std::size_t i = 0; i < many; ++i) {
        const std::string guid = "t" + std::to_string(i);
        client.ask(desire(guid, {.domain = "d", .stack = "s"}));
    }
    client.ask(ResumeArgs{.domain = "d"});
    rig.run();
    const auto served = std::count_if(
        clients.begin(), clients.end(), [](Client& waiting) { return waiting.has_answer(1); });
    CHECK(served == many / 2);
}

TEST_CASE("what fits is found behind much that does not when a queue is resumed") {
    Rig rig(without_passes());
    Client waiting(rig, "w");
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "default"});
    waiting.send(
        AcquireArgs{.executor_id = "e", .free = Resources{.memory_mb = 10}, .wait = 60'000ms});
    TaskView large;
    large.memory_mb = 100;
    for (int i = 0; i < 200; ++i) {
        client.ask(desire("large-" + std::to_string(i), large));
    }
    client.ask(desire("small"));
    client.ask(ResumeArgs{.domain = "default"});
    for (int i = 0; i < 200 && !waiting.has_answer(1); ++i) {
        client.ask(CancelArgs{"large-" + std::to_string(i), {}});
    }
    CHECK(handed(waiting, 1) == Story{"small"});
}

TEST_CASE("resume without a stack ends whatever is paused of the domain, with one that pause") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (const char* stack : {"s2", "", "s1"}) {
        client.ask(PauseArgs{.domain = "d", .stack = stack});
    }
    client.ask(PauseArgs{.domain = "d"});
    client.ask(PauseArgs{.domain = "d2"});
    CHECK(paused(client) == Story{"d", "d/", "d/s1", "d/s2", "d2"});
    CHECK(client.ask(ResumeArgs{.domain = "d", .stack = "s1"}).status == "ok");
    CHECK(paused(client) == Story{"d", "d/", "d/s2", "d2"});
    CHECK(client.ask(ResumeArgs{.domain = "d"}).status == "ok");
    CHECK(paused(client) == Story{"d2"});
}

TEST_CASE("what is not paused can't be resumed") {
    Rig rig(without_passes());
    Client client(rig, "c");
    CHECK(client.ask(ResumeArgs{.domain = "d"}).status == "not_found");
    client.ask(PauseArgs{.domain = "d"});
    const Answer answer = client.ask(ResumeArgs{.domain = "d", .stack = "s"});
    CHECK(answer.status == "not_found");
    CHECK(answer.text("message") == "domain 'd' is paused as a whole: resume it without a stack");
    CHECK(rig.board().seq() == 1);
}

TEST_CASE("a pause that is said again is an event, and lasts since the first time") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "d"});
    const core::Time since = rig.last_event().as<QueueEventView>().at;
    rig.turn_clock(5s);
    CHECK(client.ask(PauseArgs{.domain = "d"}).as<SeqReply>().seq == 2);
    REQUIRE(paused(client) == Story{"d"});
    CHECK(rig.board().pauses().begin()->since == since);
}

TEST_CASE("a pause lasts over a restart, and so do what it was resumed from and its ordinals") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "d", .stack = "s"});
    client.ask(PauseArgs{.domain = "d2"});
    client.ask(ResumeArgs{.domain = "d2"});
    rig.restart();
    CHECK(paused(client) == Story{"d/s"});
    client.ask(ResumeArgs{.domain = "d"});
    CHECK(rig.last_event().as<QueueEventView>().ordinal == 4);
}

TEST_CASE("a retried pause is applied once, though it was resumed since") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask_as(1, PauseArgs{.domain = "d"});
    client.ask_as(2, ResumeArgs{.domain = "d"});
    CHECK(client.ask_as(1, PauseArgs{.domain = "d"}).as<SeqReply>().seq == 1);
    CHECK(client.ask_as(2, ResumeArgs{.domain = "d"}).as<SeqReply>().seq == 2);
    CHECK(paused(client).empty());
}

TEST_CASE("pauses are published under their domain and stack") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "d", .stack = "s"});
    CHECK(rig.last_event().topic == "queue.d.s");
    const auto event = rig.last_event().as<QueueEventView>();
    CHECK(event.stream == protocol::Stream::queue);
    CHECK(event.kind == protocol::Kind::paused);
    CHECK(event.domain == "d");
    CHECK(event.stack == "s");
    client.ask(ResumeArgs{.domain = "d"});
    CHECK(rig.last_event().topic == "queue.d.");
    CHECK(rig.last_event().map.at("stack").is_nil());
    client.ask(PauseArgs{.domain = "d", .stack = ""});
    CHECK(rig.last_event().as<QueueEventView>().stack == "");
}

TEST_CASE("more than 1024 pauses are refused as busy, more of what is paused is not") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (std::size_t i = 0; i < protocol::max_pauses; ++i) {
        REQUIRE(client.ask(PauseArgs{.domain = "d" + std::to_string(i)}).status == "ok");
    }
    const Answer answer = client.ask(PauseArgs{.domain = "d"});
    CHECK(answer.status == "busy");
    CHECK(answer.number("limit") == 1024);
    CHECK(client.ask(PauseArgs{.domain = "d7"}).status == "ok");
    CHECK(paused(client).size() == protocol::max_pauses);
}

TEST_CASE("queues can be paused and resumed while the disk is short") {
    Rig rig(without_passes());
    Client client(rig, "c");
    rig.broker().set_read_only(true);
    CHECK(client.ask(PauseArgs{.domain = "d"}).status == "ok");
    CHECK(client.ask(ResumeArgs{.domain = "d"}).status == "ok");
}

TEST_CASE(
    "explain says since when a pending task's queue is paused, by whichever pause came first") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const auto paused_since = [&client] {
        return client.ask(ExplainArgs{"a"}).as<protocol::ExplainReply>().paused_since;
    };
    client.ask(desire("a", {.domain = "d", .stack = "s"}));
    CHECK_FALSE(paused_since());
    client.ask(PauseArgs{.domain = "d", .stack = "s"});
    const core::Time since = rig.last_event().as<QueueEventView>().at;
    rig.turn_clock(5s);
    client.ask(PauseArgs{.domain = "d"});
    CHECK(paused_since() == since);
    client.ask(ClaimArgs{"a", "e"});
    CHECK_FALSE(paused_since());
}

TEST_CASE("stats counts what is paused") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(PauseArgs{.domain = "d"});
    CHECK(client.ask(StatsArgs{}).number("paused") == 1);
}

}  // namespace
}  // namespace taskbbs::loop_test
