// Percentiles that come from buckets.
#include "bench/load/histogram.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::bench {
namespace {

constexpr double precision = 0.016;

Histogram up_to(int most) {
    Histogram histogram;
    for (int value = 1; value <= most; ++value) {
        histogram.add(value);
    }
    return histogram;
}

TEST_CASE("percentiles are off by less than 1.6 %, from nanoseconds to minutes") {
    for (const int most : {100, 10'000, 1'000'000}) {
        const Histogram histogram = up_to(most);
        for (const double share : {0.5, 0.9, 0.99, 0.999}) {
            const auto is = static_cast<double>(histogram.percentile(share));
            CHECK(is == Approx(share * most).epsilon(precision).margin(1));
        }
    }
}

TEST_CASE("the largest value is kept as it is") {
    Histogram histogram;
    histogram.add(123'456'789);
    histogram.add(3);
    CHECK(histogram.max() == 123'456'789);
    CHECK(histogram.percentile(1) == 123'456'789);
}

TEST_CASE("a percentile is never above the largest value") {
    Histogram histogram;
    histogram.add(1'000'001);
    CHECK(histogram.percentile(0.5) == 1'000'001);
}

TEST_CASE("a rare value does not move the median, and is the 99.9th percentile of 999 others") {
    Histogram histogram;
    for (int i = 0; i < 999; ++i) {
        histogram.add(50);
    }
    histogram.add(5'000);
    CHECK(histogram.percentile(0.5) == 50);
    CHECK(histogram.percentile(0.99) == 50);
    CHECK(histogram.percentile(0.999) == 5'000);
}

TEST_CASE("two histograms added are the histogram of both") {
    Histogram low = up_to(100);
    Histogram high;
    high.add(1'000);
    low.add(high);
    CHECK(low.count() == 101);
    CHECK(low.max() == 1'000);
    CHECK(low.percentile(0.5) == 51);
}

TEST_CASE("values beyond both ends count at the ends") {
    Histogram histogram;
    histogram.add(-5);
    histogram.add(std::int64_t{1} << 50U);
    CHECK(histogram.count() == 2);
    CHECK(histogram.percentile(0) == 0);
}

TEST_CASE("where nothing was measured, every percentile is 0") {
    CHECK(Histogram().percentile(0.5) == 0);
    CHECK(Histogram().max() == 0);
}

}  // namespace
}  // namespace taskbbs::bench
