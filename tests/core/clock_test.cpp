// Stamps that never go back, and ages that follow the boot clock (docs/protocol.md, section 5).
#include "broker/core/clock.hpp"

#include "tests/core/times.hpp"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

namespace taskbbs::core {
namespace {

using namespace std::chrono_literals;
using core_test::noon;

TEST_CASE("now starts at the wall clock where that is later than the last event") {
    Clock clock;
    CHECK(clock.begin(noon, noon - 1h) == noon);
    CHECK(clock.serving_since() == noon);
    CHECK(clock.stamp(noon + 5s) == noon + 5s);
    CHECK(clock.ahead(noon + 5s) == 0s);
}

TEST_CASE("stamps of one moment differ by a nanosecond, and a peek takes none") {
    Clock clock;
    clock.begin(noon, noon - 1h);
    CHECK(clock.peek(noon + 1s) == noon + 1s);
    CHECK(clock.stamp(noon + 1s) == noon + 1s);
    CHECK(clock.stamp(noon + 1s) == noon + 1s + 1ns);
    CHECK(clock.peek(noon + 1s) == noon + 1s + 1ns);
    CHECK(clock.stamp(noon + 1s) == noon + 1s + 2ns);
}

TEST_CASE("a last event up to 60 s ahead of the wall clock is where now starts") {
    Clock clock;
    CHECK(clock.begin(noon, noon + 60s) == noon + 60s);
    CHECK(clock.stamp(noon + 70s) == noon + 70s);
    CHECK(clock.ahead(noon + 70s) == 0s);
}

TEST_CASE(
    "stamps creep where the last event is further ahead, until the wall clock has caught up") {
    Clock clock;
    const Time last = noon + 61s;
    CHECK(clock.begin(noon, last) == last);
    CHECK(clock.ahead(last) == 61s);
    CHECK(clock.stamp(last) == last + 1ns);
    CHECK(clock.stamp(last + 30s) == last + 2ns);
    CHECK(clock.ahead(last + 30s) == 31s + 2ns);
    CHECK(clock.stamp(last + 61s) == last + 3ns);
    CHECK(clock.stamp(last + 62s) == noon + 62s);
    CHECK(clock.ahead(last + 62s) == 0s);
    CHECK(clock.stamp(last + 100s) == noon + 100s);
}

TEST_CASE("the clock has caught up too where a batch's time was the first to do so") {
    Clock clock;
    const Time last = noon + 61s;
    clock.begin(noon, last);
    clock.observe(clock.peek(last + 70s));
    clock.stamp(last + 70s);
    CHECK(clock.ahead(last + 70s) == 0s);
    CHECK(clock.ahead(last + 170s) == 0s);
    CHECK(last + 200s - clock.origin(clock.stamp(last + 200s)) <= 1ns);
}

TEST_CASE("how far ahead is never less than 0") {
    Clock clock;
    clock.begin(noon, noon + 2min);
    CHECK(clock.ahead(noon + 10min) == 0s);
}

TEST_CASE("an age counts from the later of the stamp and the moment when serving began") {
    Clock clock;
    clock.begin(noon, noon - 1h);
    CHECK(clock.origin(noon - 5min) == noon);
    CHECK(clock.origin(noon) == noon);
    CHECK(clock.origin(noon + 5s) == noon + 5s);
}

TEST_CASE("while stamps creep, a stamp's origin is the moment when it was made, within 10 ms") {
    Clock clock;
    const Time last = noon + 1h;
    clock.begin(noon, last);
    std::vector<std::pair<Time, Time>> made;
    for (Time now = last; now < last + 5s; now += 1234567ns) {
        made.emplace_back(clock.stamp(now), now);
    }
    for (const auto& [stamp, now] : made) {
        CHECK(clock.origin(stamp) <= now + 1us);  // a nanosecond an event
        CHECK(clock.origin(stamp) > now - 10ms);
    }
}

TEST_CASE("the origin of a stamp is the same at any later time") {
    Clock clock;
    const Time last = noon + 1min + 1s;
    clock.begin(noon, last);
    std::vector<std::pair<Time, Time>> origins;
    for (Time now = last; now < last + 3min; now += 777ms) {
        const Time stamp = clock.stamp(now);
        origins.emplace_back(stamp, clock.origin(stamp));
    }
    for (const auto& [stamp, origin] : origins) {
        CHECK(clock.origin(stamp) == origin);
    }
}

TEST_CASE("before serving begins stamps are what the journal says, and ages count from them") {
    Clock clock;
    clock.observe(noon);
    clock.observe(noon - 1s);
    CHECK(clock.last_stamp() == noon);
    CHECK(clock.origin(noon - 5s) == noon - 5s);
}

}  // namespace
}  // namespace taskbbs::core
