// Who gives way where all places of acquires that wait are taken (docs/protocol.md, section 8,
// "Shares of a connection"), and what becomes of the requests of who is gone.
#include "tests/loop/client.hpp"

#include <fmt/format.h>

namespace taskbbs::loop_test {
namespace {

AcquireArgs waits_as(std::string_view executor, const protocol::Names& stacks = {}) {
    return {.executor_id = executor, .stacks = stacks, .wait = 60'000ms};
}

// A broker with so many places, and connections that wait.
struct Places {
    Rig rig;
    Client greedy{rig, "greedy"};
    Client modest{rig, "modest"};

    explicit Places(std::uint64_t places) : rig(settings(places)) {}

    static core::Settings settings(std::uint64_t places) {
        core::Settings settings = without_passes();
        settings.limits.waiting = places;
        return settings;
    }

    // Waits of `client`, as a0, a1, ...; the first is its request 1.
    void wait(Client& client, int count, const protocol::Names& stacks = {}) {
        for (int i = 0; i < count; ++i) {
            client.send(waits_as(fmt::format("a{}", i), stacks));
        }
        rig.run();
    }
};

TEST_CASE(
    "where all places are taken, the latest wait of who has most gives way to who has fewer") {
    Places places(4);
    places.wait(places.greedy, 4);
    places.wait(places.modest, 1);
    const Answer ended = places.greedy.answer_to(4);
    CHECK(ended.status == "busy");
    CHECK(ended.number("limit") == 4);
    CHECK_FALSE(places.greedy.has_answer(3));
    CHECK_FALSE(places.modest.has_answer(1));
    places.modest.ask(desire("t"));
    CHECK(places.greedy.answer_to(1).as<protocol::AcquireReply>().tasks.count == 1);
}

TEST_CASE("nobody gives way to who would have as many") {
    Places places(4);
    places.wait(places.greedy, 2);
    places.wait(places.modest, 3);
    CHECK(places.modest.answer_to(3).status == "busy");
    CHECK(places.greedy.take().empty());
}

TEST_CASE("a place that gave way is not taken back by who had most") {
    Places places(4);
    places.wait(places.greedy, 4);
    places.wait(places.modest, 2);
    CHECK(places.greedy.ask(waits_as("again")).status == "busy");
    CHECK(places.modest.take().empty());
}

TEST_CASE("who is gone gives way before all others, and until then its acquires wait on") {
    Places places(3);
    places.wait(places.greedy, 2);
    places.wait(places.modest, 1);
    places.rig.broker().note_gone("modest");
    Client third(places.rig, "third");
    places.modest.ask(desire("t", {.stack = "other"}));
    CHECK(places.greedy.answer_to(1).status == "ok");
    third.send(waits_as("b"));
    Client fourth(places.rig, "fourth");
    fourth.send(waits_as("b"));
    CHECK(places.modest.answer_to(1).status == "busy");
    CHECK_FALSE(places.greedy.has_answer(2));
    CHECK_FALSE(third.has_answer(1));
}

TEST_CASE("an acquire of who is gone keeps its place for its retry by another connection") {
    Places places(4);
    places.wait(places.modest, 1);
    places.wait(places.greedy, 1);
    places.rig.broker().note_gone("modest");
    places.modest.reconnect("modest, anew");
    places.modest.send_as(1, waits_as("a0"));
    places.modest.ask(desire("t"));
    CHECK(places.modest.answer_to(1).as<protocol::AcquireReply>().tasks.count == 1);
}

TEST_CASE("who comes back under its name is there again") {
    Places places(2);
    places.wait(places.modest, 1);
    places.rig.broker().note_gone("modest");
    places.modest.send_as(1, waits_as("a0"));
    places.wait(places.greedy, 1);
    Client third(places.rig, "third");
    CHECK(third.ask(waits_as("c")).status == "busy");
}

TEST_CASE("where the names that are listed are too many, the longest lists give way") {
    Places places(4);  // of 48 names, besides four of each
    const protocol::Names long_list(28, "s");
    places.wait(places.greedy, 2, long_list);
    places.wait(places.modest, 1, long_list);
    CHECK(places.greedy.answer_to(2).status == "busy");
    CHECK_FALSE(places.greedy.has_answer(1));
    CHECK_FALSE(places.modest.has_answer(1));
}

TEST_CASE("who lists few names with each keeps its waits, however many they are") {
    Places places(4);
    places.wait(places.modest, 2, protocol::Names(4, "s"));
    places.wait(places.greedy, 1, protocol::Names(44, "s"));
    Client third(places.rig, "third");
    places.wait(third, 1, protocol::Names(14, "s"));
    CHECK(places.greedy.answer_to(1).status == "busy");
    CHECK(places.modest.take().empty());
    CHECK_FALSE(third.has_answer(1));
}

TEST_CASE("who lists too many names itself ends nobody's wait") {
    Places places(1);
    places.wait(places.modest, 1);
    CHECK(places.greedy.ask(waits_as("a", protocol::Names(40, "s"))).status == "busy");
    CHECK(places.modest.take().empty());
}

TEST_CASE("replays of who is gone are not read any more") {
    Places places(4);
    for (int i = 0; i < 9; ++i) {
        places.greedy.send(ReplayArgs{});
    }
    places.rig.run();
    const std::size_t under_way = places.rig.take_questions().size();
    places.rig.broker().note_gone("greedy");
    const RequestId asked = places.modest.send(ReplayArgs{});
    for (std::uint64_t token = 1; token <= under_way; ++token) {
        places.rig.broker().receive_page(token, {});
    }
    places.rig.run();
    const auto questions = places.rig.take_questions();
    REQUIRE(questions.size() == 1);
    places.rig.broker().receive_page(questions.front().token, {});
    CHECK(places.modest.answer_to(asked).status == "ok");
}

}  // namespace
}  // namespace taskbbs::loop_test
