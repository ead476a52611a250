// The session's machine when things go wrong: silence, deadlines, lost replies, `busy`, late
// copies.
#include "session_harness.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

using Ids = std::vector<RequestId>;

namespace {

constexpr std::uint64_t no_jitter = 0;

}  // namespace

TEST_CASE("silence asks for a new connection, on which all pending goes out again in order") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    const RequestId b = h.submit(GetArgs{.guid = "a"});
    h.send();
    const RequestId c = h.desire("c");
    h.pass(999ms);
    CHECK_FALSE(h.session.wants_connection(h.now));
    h.pass(1ms);
    CHECK(h.session.wants_connection(h.now));
    CHECK(h.send().empty());
    h.connect();
    CHECK(h.sent_ids() == Ids{a, b, c});
}

TEST_CASE(
    "a connection that is lost is replaced at once, and all pending goes out again in order") {
    SessionHarness h;
    h.settled();
    h.now += 1s;
    const RequestId waits = h.acquire(60s);
    const RequestId prompt = h.desire("a");
    h.send();
    h.session.on_disconnected(h.now);
    CHECK(h.session.wants_connection(h.now));
    CHECK(h.send().empty());
    h.connect();
    CHECK(h.sent_ids() == Ids{waits, prompt});
}

TEST_CASE("a connection that is lost while another is asked for changes nothing") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    h.pass(1s);
    h.session.on_disconnected(h.now);
    CHECK(h.session.wants_connection(h.now));
    h.connect();
    CHECK(h.sent_ids() == Ids{a});
}

TEST_CASE("connections that are lost as soon as they stand are made with growing pauses") {
    const auto pauses = [](std::uint64_t random) {
        SessionHarness h({}, random);
        h.desire("a", 30min);
        std::vector<Duration> all;
        for (int i = 0; i < 8; ++i) {
            h.connect();
            h.send();
            h.session.on_disconnected(h.now);
            all.push_back(h.session.next_deadline().value() - h.now);
            CHECK(h.session.wants_connection(h.now) == (all.back() == Duration(0)));
            h.pass(all.back());
            CHECK(h.session.wants_connection(h.now));
        }
        return all;
    };
    CHECK(pauses(no_jitter) == std::vector<Duration>(8, 0s));
    // The source gives the remainder that adds the most.
    const auto most = [&](std::size_t losses, Duration bound) {
        return pauses(static_cast<std::uint64_t>(bound.count())).at(losses);
    };
    CHECK(most(0, 100ms) == 100ms);
    CHECK(most(1, 200ms) == 200ms);
    CHECK(most(5, 3200ms) == 3200ms);
    CHECK(most(6, 5s) == 5s);
    CHECK(most(7, 5s) == 5s);
}

TEST_CASE("a connection that stood for a while ends the growth of pauses") {
    SessionHarness h({}, static_cast<std::uint64_t>(Duration(100ms).count()));
    h.desire("a", 30min);
    for (int i = 0; i < 3; ++i) {
        h.connect();
        h.session.on_disconnected(h.now);
        h.pass(5s);
    }
    h.connect();
    h.now += 1s;
    h.session.on_disconnected(h.now);
    CHECK(h.session.wants_connection(h.now));
    h.connect();
    h.session.on_disconnected(h.now);
    CHECK(h.session.next_deadline().value() == h.now + 100ms);
}

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

TEST_CASE("an idle connection is never silent") {
    SessionHarness h;
    h.settled();
    CHECK_FALSE(h.session.next_deadline());
    h.pass(24h);
    CHECK_FALSE(h.session.wants_connection(h.now));
}

TEST_CASE("patience doubles with each silent connection, with jitter, up to its bound") {
    const auto patience = [](std::uint64_t random) {
        SessionHarness h({}, random);
        h.connect();
        h.desire("a", 30min);
        std::vector<Duration> all;
        for (int i = 0; i < 7; ++i) {
            h.send();
            const Instant sent = h.now;
            while (!h.session.wants_connection(h.now)) {
                h.pass(*h.session.next_deadline() - h.now);
            }
            all.push_back(h.now - sent);
            h.connect();
        }
        return all;
    };
    CHECK(patience(no_jitter) == std::vector<Duration>(7, 1s));
    // The most that jitter adds: 1 s, doubled up to 15 s. The source gives the remainder that does
    // it.
    const auto most = [&](std::size_t silences, Duration bound) {
        return patience(static_cast<std::uint64_t>(bound.count())).at(silences);
    };
    CHECK(most(0, 1s) == 2s);
    CHECK(most(1, 2s) == 3s);
    CHECK(most(2, 4s) == 5s);
    CHECK(most(6, 15s) == 16s);
}

TEST_CASE("a connection that is heard again is trusted as at first") {
    SessionHarness h({}, no_jitter);
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    h.pass(1s);
    h.connect();
    h.send();
    h.pass(900ms);
    h.ok(a);
    h.desire("b");
    h.send();
    CHECK(*h.session.next_deadline() - h.now == 1s);
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

TEST_CASE("without a connection that takes anything there is no silence") {
    SessionHarness h;
    h.settled();
    h.desire("a");
    REQUIRE(h.session.take_outgoing(h.now));
    h.session.on_unsent();
    h.pass(20s);
    CHECK_FALSE(h.session.wants_connection(h.now));
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

TEST_CASE("a waiting acquire is not silence; a hello probes the connection meanwhile") {
    SessionHarness h;
    h.settled();
    const RequestId acquire = h.acquire(60s);
    CHECK(h.sent_ids() == Ids{acquire});
    h.pass(9s);
    CHECK(h.send().empty());
    h.pass(1s);
    auto sent = h.send();
    REQUIRE(sent.size() == 1);
    REQUIRE(sent[0].hellos.size() == 1);
    CHECK(sent[0].ids.empty());
    SECTION("answered: it waits on") {
        h.answer_hello(sent[0].hellos[0]);
        h.pass(5s);
        CHECK_FALSE(h.session.wants_connection(h.now));
    }
    SECTION("unanswered: a new connection, and the acquire again") {
        h.pass(1s);
        CHECK(h.session.wants_connection(h.now));
        h.connect();
        CHECK(h.sent_ids() == Ids{acquire});
    }
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
        CHECK_FALSE(h.error(a).outcome_unknown);
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
