// cli/bench/latencies.hpp: percentiles.
#include "cli/bench/latencies.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::cli::bench;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST_CASE("a percentile is right to one part in 32") {
    Latencies latencies;
    for (int us = 1; us <= 1000; ++us) {
        latencies.add(microseconds{us});
    }
    CHECK(latencies.count() == 1000);
    CHECK(latencies.percentile_us(0.5) == Approx(500).epsilon(1.0 / 32));
    CHECK(latencies.percentile_us(0.99) == Approx(990).epsilon(1.0 / 32));
    CHECK(latencies.percentile_us(0.999) == Approx(999).epsilon(1.0 / 32));
    CHECK(latencies.percentile_us(1) >= 1000);
}

TEST_CASE("every duration has a class that it does not pass by more than one part in 32") {
    for (std::int64_t ns = 1; ns < (std::int64_t{1} << 60); ns = ns * 3 / 2 + 1) {
        Latencies one;
        one.add(nanoseconds{ns});
        const double told = one.percentile_us(0.5) * 1000;
        CHECK(told >= static_cast<double>(ns) * 0.999999);
        CHECK(told <= static_cast<double>(ns) * (1 + 1.0 / 32) + 1);
    }
}

TEST_CASE("of nothing a percentile is 0, and two may be added up") {
    Latencies a;
    CHECK(a.percentile_us(0.5) == 0);
    Latencies b;
    b.add(microseconds{10});
    a.add(b);
    a.add(b);
    CHECK(a.count() == 2);
    CHECK(a.percentile_us(0.99) == Approx(10).epsilon(1.0 / 32));
}
