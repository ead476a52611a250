// How few requests wait for company while many answers are due.
#include "session_harness.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace taskbbs::sdk {
namespace {

constexpr Duration gather = 5ms;

// Connected, with so many requests under way; their ids.
std::vector<RequestId> under_way(SessionHarness& h, int count) {
    h.settled();
    for (int i = 0; i < count; ++i) {
        h.desire("t" + std::to_string(i));
    }
    return h.sent_ids();
}

TEST_CASE("with up to eight requests under way none waits") {
    SessionHarness h;
    under_way(h, 8);
    h.desire("next");
    CHECK(h.sent_ids().size() == 1);
}

TEST_CASE("few wait until they are an eighth of what is under way") {
    SessionHarness h;
    under_way(h, 32);
    for (int i = 0; i < 3; ++i) {
        h.desire("few" + std::to_string(i));
        REQUIRE(h.sent_ids().empty());
    }
    h.desire("fourth");
    CHECK(h.sent_ids().size() == 4);
}

TEST_CASE("few wait until enough answers have come") {
    SessionHarness h;
    const auto ids = under_way(h, 9);
    h.desire("next");
    REQUIRE(h.sent_ids().empty());
    h.ok(ids[4]);
    CHECK(h.sent_ids().size() == 1);
}

TEST_CASE("few wait five milliseconds at most, and the deadline says so") {
    SessionHarness h;
    under_way(h, 100);
    h.desire("next");
    REQUIRE(h.sent_ids().empty());
    CHECK(h.session.next_deadline() == h.now + gather);
    h.pass(gather - 1ns);
    CHECK(h.sent_ids().empty());
    h.pass(1ns);
    CHECK(h.sent_ids().size() == 1);
    CHECK(h.session.next_deadline() > h.now + gather);
    h.desire("another");
    CHECK(h.sent_ids().empty());
}

TEST_CASE("what fills a message does not wait, nor does what is left of a burst") {
    SessionHarness h;
    under_way(h, 1024);
    for (int i = 0; i < 3000; ++i) {
        h.submit(GetArgs{.guid = "g"});
    }
    REQUIRE(h.sent_ids().size() == 3000);
    for (int i = 0; i < 1025; ++i) {
        h.submit(GetArgs{.guid = "g"});
    }
    CHECK(h.sent_ids().size() == 1025);
}

TEST_CASE("what has waited and was not taken by the connection does not wait again") {
    SessionHarness h;
    under_way(h, 100);
    h.desire("next");
    REQUIRE(h.sent_ids().empty());
    h.pass(gather);
    REQUIRE(h.session.take_outgoing(h.now));
    h.session.on_unsent();
    CHECK(h.sent_ids().size() == 1);
}

TEST_CASE("a call with little time does not wait") {
    SessionHarness h;
    under_way(h, 100);
    h.desire("next", 4 * gather);
    CHECK(h.sent_ids().empty());
    h.desire("hurried", 4 * gather - 1ns);
    CHECK(h.sent_ids().size() == 2);
}

TEST_CASE("answers that may be late by right keep nobody waiting") {
    SessionHarness h;
    h.settled();
    for (int i = 0; i < 20; ++i) {
        h.acquire(milliseconds(60'000));
    }
    REQUIRE(h.sent_ids().size() == 20);
    h.desire("next");
    CHECK(h.sent_ids().size() == 1);
}

TEST_CASE("on a new connection all goes out at once") {
    SessionHarness h;
    under_way(h, 100);
    h.desire("next");
    REQUIRE(h.sent_ids().empty());
    h.session.on_disconnected(h.now);
    h.pass(1s);
    h.connect();
    CHECK(h.sent_ids().size() == 101);
}

}  // namespace
}  // namespace taskbbs::sdk
