// Which bucket a value belongs to.
#include "broker/metrics/histogram.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

namespace taskbbs::metrics {
namespace {

using namespace std::chrono_literals;

// Bounds of 4, 8, 16 and 32.
using Small = Histogram<2, 5>;

std::size_t bucket_of(std::uint64_t value) {
    Small histogram;
    histogram.note(value);
    const auto found = std::ranges::find(histogram.counts, 1U);
    return static_cast<std::size_t>(found - histogram.counts.begin());
}

}  // namespace

TEST_CASE("a value belongs to the first bound that it does not exceed") {
    CHECK(Small::bound(0) == 4);
    CHECK(Small::bound(3) == 32);
    CHECK(bucket_of(0) == 0);
    CHECK(bucket_of(1) == 0);
    CHECK(bucket_of(4) == 0);
    CHECK(bucket_of(5) == 1);
    CHECK(bucket_of(8) == 1);
    CHECK(bucket_of(9) == 2);
    CHECK(bucket_of(17) == 3);
    CHECK(bucket_of(32) == 3);
}

TEST_CASE("a value beyond every bound is counted behind them") {
    CHECK(bucket_of(33) == Small::bounds);
    CHECK(bucket_of(UINT64_MAX) == Small::bounds);
}

TEST_CASE("every value is counted once, and adds to the sum") {
    Small histogram;
    for (std::uint64_t value = 0; value < 100; ++value) {
        histogram.note(value);
    }
    CHECK(std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0U) == 100);
    CHECK(histogram.sum == 4950);
}

TEST_CASE("times count in nanoseconds, and one that went back as none at all") {
    Small histogram;
    histogram.note(5ns);
    histogram.note(-5s);
    CHECK(histogram.counts[1] == 1);
    CHECK(histogram.counts[0] == 1);
    CHECK(histogram.sum == 5);
}

}  // namespace taskbbs::metrics
