// Which request is due when.
#include "sdk/timers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace taskbbs::sdk {
namespace {

Instant at(int ms) {
    return Instant(std::chrono::milliseconds(ms));
}

TEST_CASE("requests come due in the order of their times, however they were set") {
    std::mt19937 random(GENERATE(1U, 2U, 3U));
    std::vector<int> times;
    Timers timers;
    for (int i = 0; i < 200; ++i) {
        // Mostly later than all before.
        times.push_back(random() % 4 == 0 ? static_cast<int>(random() % 1000) : 5 * i);
        timers.set(at(times.back()), i);
    }
    std::vector<protocol::RequestId> expected(times.size());
    std::generate(expected.begin(), expected.end(), [i = 0]() mutable { return i++; });
    std::stable_sort(expected.begin(), expected.end(), [&](auto a, auto b) {
        return times[static_cast<std::size_t>(a)] < times[static_cast<std::size_t>(b)];
    });
    for (const protocol::RequestId id : expected) {
        const Instant due = at(times[static_cast<std::size_t>(id)]);
        REQUIRE(timers.next() == due);
        REQUIRE_FALSE(timers.take_due(due - std::chrono::nanoseconds(1)));
        REQUIRE(timers.take_due(due) == id);
    }
    CHECK_FALSE(timers.next());
}

TEST_CASE("what is stale is forgotten from the front, up to the first that is not") {
    Timers timers;
    for (const int id : {3, 1, 4, 2, 5}) {
        timers.set(at(id), id);
    }
    timers.drop_while([](protocol::RequestId id) { return id != 4; });
    CHECK(timers.next() == at(4));
    timers.clear();
    CHECK_FALSE(timers.next());
}

}  // namespace
}  // namespace taskbbs::sdk
