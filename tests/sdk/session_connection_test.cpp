// The session's machine and its connections: lost ones, silent ones, when there is a new one.
#include "session_harness.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

using Ids = std::vector<RequestId>;

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

TEST_CASE("without a connection that takes anything there is no silence") {
    SessionHarness h;
    h.settled();
    h.desire("a");
    REQUIRE(h.session.take_outgoing(h.now));
    h.session.on_unsent();
    h.pass(20s);
    CHECK_FALSE(h.session.wants_connection(h.now));
}

TEST_CASE("a waiting acquire is not silence, a hello probes the connection meanwhile") {
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
