// Which goals are judged, by which rows, and how.
#include "bench/report/ratios.hpp"

#include "tests/bench/rows.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace taskbbs::bench {
namespace {

const Ratio* find(const std::vector<Ratio>& ratios, const std::string& id) {
    const auto found = std::find_if(
        ratios.begin(), ratios.end(), [&id](const Ratio& ratio) { return ratio.id == id; });
    return found == ratios.end() ? nullptr : &*found;
}

TEST_CASE("a goal is the rate of one row as a multiple of another's") {
    const auto ratios =
        ratios_of({row_with("taskbbs-batched", 310), row_with("redis-batched", 100)}, 0);
    const Ratio* const ratio = find(ratios, "taskbbs-batched/redis-batched");
    REQUIRE(ratio != nullptr);
    CHECK(ratio->value == Approx(3.1));
    CHECK(ratio->reached());
    CHECK(ratios.size() == 1);
}

TEST_CASE("a goal whose rows are not there, or have no figures, is not judged") {
    Row failed = row_with("redis-batched", 100);
    failed.refused = 1;
    CHECK(ratios_of({row_with("taskbbs-batched", 310)}, 0).empty());
    CHECK(ratios_of({row_with("taskbbs-batched", 310), failed}, 0).empty());
}

TEST_CASE("against a stub that is too slow, the goal counts as missed") {
    const auto judged = [](double stub) {
        const auto ratios = ratios_of({row_with("taskbbs-batched", 90),
                                       row_with("stub-batched", stub),
                                       row_with("echo-batched", 200)},
                                      0);
        return find(ratios, "taskbbs-batched/stub-batched")->reached();
    };
    CHECK(judged(100));
    CHECK_FALSE(judged(99));
}

TEST_CASE("one at a time may take a sync, an echo and 60 us") {
    const auto judged = [](double p50_us) {
        Row alone = row_with("taskbbs-alone", 1);
        alone.p50_us = p50_us;
        Row echo = row_with("echo-alone", 1);
        echo.p50_us = 40;
        return find(ratios_of({alone, echo}, 100), "alone")->reached();
    };
    CHECK(judged(200));
    CHECK_FALSE(judged(201));
}

TEST_CASE("what size does is judged by figures of its rows") {
    Row memory = row_with("scale-memory", 0);
    memory.more["bytes_a_task"] = 301;
    const auto ratios = ratios_of({memory}, 0);
    REQUIRE(ratios.size() == 1);
    CHECK_FALSE(ratios[0].reached());
}

TEST_CASE("the cost of a transition is the server's time for it") {
    Row small = row_with("scale-board-1000", 100);
    Row large = row_with("scale-board-5000000", 50);
    small.seconds = large.seconds = 1;
    small.server_cpu = 1;
    large.server_cpu = 0.6;
    const auto ratios = ratios_of({small, large}, 0);
    REQUIRE(ratios.size() == 1);
    CHECK(ratios[0].value == Approx(1.2));
    CHECK(ratios[0].reached());
}

}  // namespace
}  // namespace taskbbs::bench
