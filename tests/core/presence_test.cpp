// Presence that runs out for many at once, a bounded number of them in each call.
#include "broker/core/presence.hpp"

#include "tests/core/times.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace taskbbs::core_test {
namespace {

using namespace core;
using namespace std::chrono_literals;

constexpr std::size_t many = 5000;

void join(Board& board, const std::string& id, milliseconds ttl) {
    const auto beat = decide(board, {.executor_id = id, .ttl = ttl, .incarnation = "1"});
    REQUIRE(beat);
    Event event = beat->event;
    board.number(event, start);
    board.apply(event);
}

bool has_more(const Presence& presence, Time now) {
    return presence.next_deadline() && *presence.next_deadline() <= now;
}

TEST_CASE("a call looks at a bounded number of executors, and the next ones at the rest") {
    Board board{Settings{}};
    board.begin_serving(start);
    for (std::size_t i = 0; i < many; ++i) {
        join(board, "e" + std::to_string(i), 15s);
    }
    Presence presence;
    presence.begin_serving(board, start);
    const Time now = start + 15s;
    CHECK_FALSE(presence.next_loss(board, now));
    CHECK(presence.run_out() > 0);
    CHECK(presence.run_out() < 100);
    while (has_more(presence, now)) {
        CHECK_FALSE(presence.next_loss(board, now));
    }
    CHECK(presence.run_out() == many);
}

TEST_CASE("nobody is judged before all that ran out earlier are counted") {
    Board board{Settings{}};
    board.begin_serving(start);
    for (std::size_t i = 0; i < many; ++i) {
        join(board, "e" + std::to_string(i), 15s);
    }
    Presence presence;
    presence.begin_serving(board, start);
    // A stall: running out and judgement are due in one call.
    const Time now = start + 21s;
    while (has_more(presence, now)) {
        CHECK_FALSE(presence.next_loss(board, now));
    }
    CHECK(presence.brake());
    CHECK(presence.run_out() == many);
}

}  // namespace
}  // namespace taskbbs::core_test
