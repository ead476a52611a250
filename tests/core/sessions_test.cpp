// Remembering outcomes, and forgetting them (docs/protocol.md, section 2).
#include "broker/core/sessions.hpp"

#include "tests/core/times.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace taskbbs::core {
namespace {

using namespace std::chrono_literals;
using core_test::start;

SessionId session(int number) {
    SessionId id;
    const std::string text = std::to_string(number);
    std::copy(text.begin(), text.end(), id.bytes.begin());
    return id;
}

Event event_of(const SessionId& id, RequestId request, Seq seq, RequestId acked = 0) {
    Event event{.to = State::pending};
    event.seq = seq;
    event.origin = {.session = id, .id = request, .acked = acked, .verb = Verb::desire};
    return event;
}

TEST_CASE("an outcome spans the events of its request, and ends with the last") {
    Sessions sessions;
    sessions.record(event_of(session(1), 5, 10));
    Event last = event_of(session(1), 5, 11);
    last.to = State::claimed;
    sessions.record(last);
    const Outcome* outcome = sessions.find(session(1), 5);
    REQUIRE(outcome != nullptr);
    CHECK(outcome->first == 10);
    CHECK(outcome->last == 11);
    CHECK(outcome->state == State::claimed);
    CHECK(sessions.outcomes() == 1);
    CHECK(sessions.find(session(1), 4) == nullptr);
    CHECK(sessions.find(session(2), 5) == nullptr);
}

TEST_CASE("an outcome is extended where it is remembered, and nothing happens where it is not") {
    Sessions sessions;
    sessions.record(event_of(session(1), 5, 10));
    sessions.extend({.session = session(1), .id = 5}, 20);
    sessions.extend({.session = session(1), .id = 6}, 21);
    sessions.extend({.session = session(9), .id = 5}, 22);
    CHECK(sessions.find(session(1), 5)->last == 20);
    CHECK(sessions.outcomes() == 1);
}

TEST_CASE(
    "an ack that comes with a mutation forgets what is acked, one that does not only counts it") {
    Sessions sessions;
    for (RequestId id = 1; id <= 4; ++id) {
        sessions.record(event_of(session(1), id, id));
    }
    sessions.acked(session(1), 2);
    CHECK(sessions.acked(session(1)) == 2);
    CHECK(sessions.unacked(session(1)) == 2);
    CHECK(sessions.acked_outcomes(session(1)) == 2);
    CHECK(sessions.outcomes() == 4);
    sessions.record(event_of(session(1), 5, 5, 3));
    CHECK(sessions.acked(session(1)) == 3);
    CHECK(sessions.outcomes() == 2);
    CHECK(sessions.find(session(1), 3) == nullptr);
    CHECK(sessions.find(session(1), 4) != nullptr);
    CHECK(sessions.unacked(session(1)) == 2);
}

TEST_CASE("an ack never goes back") {
    Sessions sessions;
    sessions.record(event_of(session(1), 9, 1, 8));
    sessions.acked(session(1), 3);
    CHECK(sessions.acked(session(1)) == 8);
    sessions.record(event_of(session(1), 10, 2, 5));
    CHECK(sessions.acked(session(1)) == 8);
}

TEST_CASE("a session that acked before its first mutation is known to have") {
    Sessions sessions;
    sessions.acked(session(1), 7);
    CHECK(sessions.acked(session(1)) == 7);
    CHECK_FALSE(sessions.knows(session(1)));
    CHECK(sessions.size() == 0);
    sessions.record(event_of(session(1), 8, 1));
    CHECK(sessions.acked(session(1)) == 7);
    CHECK(sessions.knows(session(1)));
}

TEST_CASE(
    "sessions are forgotten an hour of serving time after their last mutation, the oldest first") {
    Sessions sessions;
    sessions.begin_batch(start, start);
    sessions.record(event_of(session(1), 1, 1));
    sessions.begin_batch(start + 10min, start);
    sessions.record(event_of(session(2), 1, 2));
    sessions.begin_batch(start + 20min, start);
    sessions.record(event_of(session(1), 2, 3));
    sessions.begin_batch(start + 70min - 1ns, start);
    CHECK(sessions.size() == 2);
    sessions.begin_batch(start + 70min, start);
    CHECK_FALSE(sessions.knows(session(2)));
    CHECK(sessions.knows(session(1)));
    sessions.begin_batch(start + 80min, start);
    CHECK(sessions.size() == 0);
    CHECK(sessions.outcomes() == 0);
}

TEST_CASE("the time between two runs is not serving time") {
    Sessions sessions;
    sessions.begin_batch(start, start);
    sessions.record(event_of(session(1), 1, 1));
    sessions.begin_batch(start + 30min, start);
    sessions.begin_batch(start + 24h, start + 24h);
    sessions.begin_batch(start + 24h + 29min, start + 24h);
    CHECK(sessions.knows(session(1)));
    sessions.begin_batch(start + 24h + 30min, start + 24h);
    CHECK_FALSE(sessions.knows(session(1)));
}

TEST_CASE("a batch forgets at most so many sessions, and the next ones the rest") {
    Sessions sessions;
    sessions.begin_batch(start, start);
    for (int i = 0; i < 1000; ++i) {
        sessions.record(event_of(session(i), 1, i + 1));
    }
    sessions.begin_batch(start + 2h, start);
    CHECK(sessions.size() > 0);
    CHECK(sessions.size() < 1000);
    for (int i = 0; i < 10; ++i) {
        sessions.begin_batch(start + 2h, start);
    }
    CHECK(sessions.size() == 0);
}

TEST_CASE("sessions that acked and never mutated take bounded memory, the latest are known") {
    Sessions sessions;
    constexpr int many = 100'000;
    for (int i = 0; i < many; ++i) {
        sessions.acked(session(i), 5);
    }
    CHECK(sessions.acked(session(many - 1)) == 5);
    CHECK(sessions.acked(session(0)) == 0);
}

TEST_CASE("outcomes come back by their id, in whatever order they were made") {
    Sessions sessions;
    sessions.record(event_of(session(1), 7, 1));
    sessions.record(event_of(session(1), 3, 2));
    sessions.record(event_of(session(1), 5, 3));
    CHECK(sessions.find(session(1), 3)->last == 2);
    CHECK(sessions.find(session(1), 5)->last == 3);
    CHECK(sessions.find(session(1), 7)->last == 1);
    CHECK(sessions.unacked(session(1)) == 3);
}

}  // namespace
}  // namespace taskbbs::core
