// cli/top/rate.hpp: events per second.
#include "cli/top/rate.hpp"

#include "tests/cli/top/boards.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {

TEST_CASE("a rate is that of the last five seconds") {
    Rate rate{noon};
    for (auto at = 0ms; at < 20s; at += 100ms) {
        rate.note(noon + at);
    }
    CHECK(rate.per_second(noon + 20s) == Approx(10).margin(0.6));
    CHECK(rate.per_second(noon + 22'500ms) == Approx(5).margin(0.6));
    CHECK(rate.per_second(noon + 30s) == 0);
}

TEST_CASE("a rate begins with the counting, and is never of less than a second") {
    Rate rate{noon};
    rate.note(noon);
    rate.note(noon + 100ms);
    CHECK(rate.per_second(noon + 200ms) == Approx(2));
    CHECK(rate.per_second(noon + 2s) == Approx(1));
}

TEST_CASE("what happened before the counting or the window is not counted") {
    Rate rate{noon};
    rate.note(noon - 1s);
    CHECK(rate.per_second(noon + 1s) == 0);
    rate.note(noon + 20s);
    rate.note(noon + 10s);  // late, from a replay
    CHECK(rate.per_second(noon + 20s) == Approx(0.2).margin(0.02));
}

TEST_CASE("an event a little ahead of the clock counts now") {
    Rate rate{noon};
    rate.note(noon + 300ms);
    CHECK(rate.per_second(noon) == 1);
}

}  // namespace taskbbs::cli::top
