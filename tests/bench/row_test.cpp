// The median of a row's runs.
#include "bench/report/row.hpp"

#include "tests/bench/rows.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::bench {
namespace {

Row with_latency(double per_second, double p99_us) {
    Row row = row_with("a", per_second);
    row.p99_us = p99_us;
    return row;
}

TEST_CASE("the median run is shown as it was, latencies included") {
    const Row median =
        median_of({with_latency(300, 1), with_latency(100, 2), with_latency(200, 9)});
    CHECK(median.per_second == 200);
    CHECK(median.p99_us == 9);
}

TEST_CASE("of two runs the slower one is shown") {
    CHECK(median_of({row_with("a", 300), row_with("a", 100)}).per_second == 100);
}

TEST_CASE("a run without figures counts as the slowest") {
    Row failed = row_with("a", 1'000);
    failed.trouble = "the server hung up";
    CHECK(median_of({row_with("a", 300), failed, row_with("a", 200)}).per_second == 200);
    CHECK_FALSE(median_of({row_with("a", 300), failed, failed}).has_figures());
}

TEST_CASE("figures that only this kind of row has are medians by themselves") {
    std::vector<Row> runs(3, row_with("a", 0));
    runs[0].more["bytes_a_task"] = 300;
    runs[1].more["bytes_a_task"] = 100;
    runs[2].more["bytes_a_task"] = 200;
    CHECK(median_of(runs).more.at("bytes_a_task") == 200);
}

TEST_CASE("a row is generator-bound where the generator took more time than the server") {
    Row row = row_with("a", 100);
    row.server_cpu = 1;
    row.own_cpu = 0.9;
    CHECK_FALSE(row.generator_bound());
    row.own_cpu = 1.1;
    CHECK(row.generator_bound());
}

}  // namespace
}  // namespace taskbbs::bench
