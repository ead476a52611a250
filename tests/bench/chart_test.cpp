// Which rows have a bar, and how long it is.
#include "bench/report/chart.hpp"

#include "tests/bench/rows.hpp"

#include <catch2/catch.hpp>

#include <regex>

namespace taskbbs::bench {
namespace {

const Machine machine{.cores = 2, .cpu = "a <fast> & cheap one", .syncs = {.p50_us = 150}};

// The widths of all bars.
std::vector<double> bars(const std::string& svg) {
    const std::regex bar("<rect x=\"[0-9]+\" y=\"[0-9]+\" width=\"([0-9.]+)\"");
    std::vector<double> widths;
    for (std::sregex_iterator found(svg.begin(), svg.end(), bar), end; found != end; ++found) {
        widths.push_back(std::stod((*found)[1]));
    }
    return widths;
}

TEST_CASE("each load of each system has a bar, as long as its rate") {
    const auto widths = bars(chart_of(machine,
                                      {row_with("taskbbs-batched", 400, "taskbbs"),
                                       row_with("redis-batched", 100, "redis"),
                                       row_with("etcd-single", 4, "etcd")}));
    REQUIRE(widths.size() == 3);
    CHECK(widths[1] == Approx(widths[0] / 4));
    CHECK(widths[2] == Approx(widths[0] / 100));
}

TEST_CASE("what is no board, was one at a time or has no figures has no bar") {
    Row failed = row_with("redis-batched", 100, "redis");
    failed.trouble = "the server hung up";
    CHECK(bars(chart_of(machine,
                        {row_with("echo-batched", 900, "echo"),
                         row_with("taskbbs-alone", 10, "taskbbs"),
                         failed}))
              .empty());
}

TEST_CASE("the machine is said, in letters that XML takes") {
    const std::string svg = chart_of(machine, {});
    CHECK(svg.find("2 cores of a &lt;fast&gt; &amp; cheap one") != std::string::npos);
    CHECK(svg.find("p50 150 us") != std::string::npos);
    CHECK(svg.ends_with("</svg>\n"));
}

TEST_CASE("rates are written in groups of three digits") {
    const std::string svg = chart_of(machine, {row_with("taskbbs-batched", 1'234'567)});
    CHECK(svg.find(">1,234,567<") != std::string::npos);
}

}  // namespace
}  // namespace taskbbs::bench
