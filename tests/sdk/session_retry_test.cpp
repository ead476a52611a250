// The session's machine when things go wrong: deadlines, lost replies, `busy`, late copies.
#include "session_harness.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

using Ids = std::vector<RequestId>;

TEST_CASE("what was answered is not sent again") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    const RequestId b = h.desire("b");
    h.send();
    h.ok(a);
    h.pass(1s);
    h.connect();
    const auto sent = h.send();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].ids == Ids{b});
    CHECK(sent[0].acked == a);
}

TEST_CASE("a call whose deadline passes is unknown if it was a mutation and sent") {
    SessionHarness h;
    h.settled();
    const RequestId mutation = h.desire("a", 500ms);
    const RequestId read = h.submit(GetArgs{.guid = "a"}, 500ms);
    h.send();
    const RequestId unsent = h.desire("b", 500ms);
    h.pass(500ms);
    CHECK(h.outcomes().at(mutation) == "timed_out");
    CHECK(h.error(mutation).outcome_unknown);
    CHECK(h.outcomes().at(read) == "timed_out");
    CHECK_FALSE(h.error(read).outcome_unknown);
    CHECK(h.outcomes().at(unsent) == "timed_out");
    CHECK_FALSE(h.error(unsent).outcome_unknown);
    CHECK(h.sent_ids().empty());
}

TEST_CASE("a call that was given up is acked, so that a late copy of it is expired") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a", 500ms);
    h.send();
    h.pass(500ms);
    CHECK(h.outcomes().at(a) == "timed_out");
    h.desire("b");
    CHECK(h.send().at(0).acked == a);
    h.ok(a);
    CHECK(h.once);
}

TEST_CASE("no call lasts longer than half an hour") {
    SessionHarness h;
    const RequestId a = h.desire("a", 24h);
    h.pass(30min);
    CHECK(h.outcomes().at(a) == "timed_out");
}

TEST_CASE("what the connection did not take was not sent") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a", 500ms);
    const RequestId b = h.desire("b");
    REQUIRE(h.session.take_outgoing(h.now));
    h.session.on_unsent();
    h.pass(500ms);
    CHECK_FALSE(h.error(a).outcome_unknown);
    CHECK(h.sent_ids() == Ids{b});
}

TEST_CASE("a lost reply among others is noticed, later than silence") {
    SessionHarness h;
    h.settled();
    const RequestId lost = h.desire("lost");
    h.send();
    for (int i = 0; i < 19; ++i) {
        h.pass(500ms);
        CHECK_FALSE(h.session.wants_connection(h.now));
        const RequestId other = h.submit(GetArgs{.guid = "lost"});
        h.send();
        h.ok(other);
    }
    h.pass(500ms);
    CHECK(h.session.wants_connection(h.now));
    h.connect();
    CHECK(h.sent_ids() == Ids{lost});
}

TEST_CASE("busy is retried with the same id after a growing pause") {
    SessionHarness h({}, no_jitter);
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    for (int i = 0; i < 3; ++i) {
        h.refuse(a, Status::busy);
        CHECK(h.outcomes().count(a) == 0);
        CHECK(h.sent_ids().empty());
        h.pass(50ms);
        CHECK(h.sent_ids() == Ids{a});
    }
    h.ok(a);
    CHECK(h.outcomes().at(a) == "ok");
}

TEST_CASE("busy until the deadline is handed over as busy, not as unknown") {
    SessionHarness h({}, no_jitter);
    h.settled();
    const RequestId a = h.desire("a", 40ms);
    h.send();
    h.refuse(a, Status::busy);
    h.pass(40ms);
    CHECK(h.outcomes().at(a) == "busy");
    CHECK_FALSE(h.error(a).outcome_unknown);
}

TEST_CASE("request_expired says that the outcome is unknown") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    h.refuse(a, Status::request_expired);
    CHECK(h.error(a).outcome_unknown);
}

TEST_CASE("a refusal after several connections is held until its id is known to be acked") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    h.pass(1s);
    h.connect();
    h.send();
    h.refuse(a, Status::wrong_state);
    CHECK(h.outcomes().count(a) == 0);  // the first copy may still be accepted
    const auto sent = h.send();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].acked == a);
    REQUIRE(sent[0].hellos.size() == 1);
    SECTION("the broker answers what carried the ack") {
        h.answer_hello(sent[0].hellos[0]);
        CHECK(h.outcomes().at(a) == "wrong_state");
        CHECK(h.error(a).outcome_unknown);  // the first copy may have come before the ack
    }
    SECTION("the deadline comes first") {
        h.pass(30s);
        CHECK(h.outcomes().at(a) == "wrong_state");
        CHECK(h.error(a).outcome_unknown);
    }
    SECTION("the client is closed first") {
        h.session.close();
        CHECK(h.outcomes().at(a) == "wrong_state");
        CHECK(h.error(a).outcome_unknown);
    }
    CHECK(h.once);
    CHECK(h.session.pending() == 0);
}

TEST_CASE("a held refusal waits for older calls, since acked is contiguous") {
    SessionHarness h;
    h.settled();
    const RequestId older = h.desire("older");
    const RequestId a = h.desire("a");
    h.send();
    h.pass(1s);
    h.connect();
    h.send();
    h.refuse(a, Status::wrong_state);
    CHECK(h.send().empty());
    h.ok(older);
    const auto sent = h.send();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].acked == a);
    h.answer_hello(sent[0].hellos.at(0));
    CHECK(h.outcomes().at(a) == "wrong_state");
}

TEST_CASE("a refused read is handed over at once, however often it was sent") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.submit(GetArgs{.guid = "a"});
    h.send();
    h.pass(1s);
    h.connect();
    h.send();
    h.refuse(a, Status::not_found);
    CHECK(h.outcomes().at(a) == "not_found");
}

TEST_CASE("everything completes once, whatever order the broker chooses") {
    std::uint64_t random = 12345;
    const auto next = [&](std::uint64_t bound) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        return (random >> 33U) % bound;
    };
    SessionHarness h(SessionSettings{.unacked = 50}, 7);
    h.connect();
    std::vector<RequestId> on_wire;
    std::size_t submitted = 0;
    for (int step = 0; step < 20'000; ++step) {
        switch (next(7)) {
            case 0:
            case 1:
                submitted += (h.desire("t", milliseconds(next(5000))), 1);
                break;
            case 2:
                for (const SentMessage& message : h.send()) {
                    on_wire.insert(on_wire.end(), message.ids.begin(), message.ids.end());
                    on_wire.insert(on_wire.end(), message.hellos.begin(), message.hellos.end());
                }
                break;
            case 3:
                h.pass(milliseconds(next(200)));
                break;
            case 4:
                if (h.session.wants_connection(h.now)) {
                    h.connect();
                }
                break;
            default:
                if (!on_wire.empty()) {
                    const RequestId id = on_wire[next(on_wire.size())];
                    next(3) == 0 ? h.refuse(id, next(2) == 0 ? Status::busy : Status::wrong_state)
                                 : h.ok(id);
                }
        }
    }
    h.pass(30min);
    CHECK(h.outcomes().size() == submitted);
    CHECK(h.once);
    CHECK(h.session.pending() == 0);
}

TEST_CASE("a call whose deadline is past completes at once, with nothing of it sent") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a", -1ms);
    const RequestId b = h.desire("b", 0ms);
    h.pass(0ms);
    CHECK(h.outcomes().at(a) == "timed_out");
    CHECK(h.outcomes().at(b) == "timed_out");
    CHECK_FALSE(h.error(a).outcome_unknown);
    CHECK(h.send().empty());
}
