// cli/time_words.hpp: moments and lengths of time.
#include "cli/time_words.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace std::chrono_literals;

TEST_CASE("a span is told in its two largest units, a short one to the millisecond") {
    CHECK(span_text(0s) == "0.000s");
    CHECK(span_text(1250ms) == "1.250s");
    CHECK(span_text(9999ms) == "9.999s");
    CHECK(span_text(10s) == "10s");
    CHECK(span_text(59s + 999ms) == "59s");
    CHECK(span_text(60s) == "1m 0s");
    CHECK(span_text(2h + 3min + 59s) == "2h 3m");
    CHECK(span_text(24h * 400 + 5h) == "400d 5h");
    CHECK(span_text(-5s) == "0.000s");
}

TEST_CASE("a moment is told with its distance from now") {
    const Time now{1'700'000'000s};
    CHECK(moment_text(now, now) == "2023-11-14T22:13:20.000Z (now)");
    CHECK(moment_text(now + 90s, now) == "2023-11-14T22:14:50.000Z (in 1m 30s)");
    CHECK(moment_text(now - 90s, now) == "2023-11-14T22:11:50.000Z (1m 30s ago)");
    CHECK(moment_text(now + 5ns, now) == "2023-11-14T22:13:20.000Z (now)");
}
