// cli/top/figures.hpp: figures out of stats.
#include "cli/top/figures.hpp"

#include "tests/cli/top/boards.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {

TEST_CASE("rates are of the time between two answers, by the broker's uptime") {
    const auto before = stats_of({{"uptime_ms", 1'000},
                                  {"seq", 100},
                                  {"syncs", 10},
                                  {"batches", 10},
                                  {"journal_bytes", 4'096}});
    const auto after = stats_of({{"uptime_ms", 3'000},
                                 {"seq", 300},
                                 {"syncs", 60},
                                 {"batches", 50},
                                 {"journal_bytes", 12'288}});
    const auto figures = figures_of(after, &before);
    CHECK(figures.events_per_second == Approx(100));
    CHECK(figures.syncs_per_second == Approx(25));
    CHECK(figures.bytes_per_second == Approx(4'096));
    CHECK(figures.events_per_batch == Approx(5));
}

TEST_CASE("there are no rates after the first answer, nor over a restart") {
    const auto before = stats_of({{"uptime_ms", 9'000}, {"seq", 100}});
    const auto after = stats_of({{"uptime_ms", 500}, {"seq", 300}});
    CHECK_FALSE(figures_of(after, nullptr).events_per_second);
    CHECK_FALSE(figures_of(after, &before).events_per_second);
}

TEST_CASE("what a broker does not tell is nothing, not zero") {
    const auto figures = figures_of(stats_of({{"sync", "always"}, {"brake", true}}), nullptr);
    CHECK_FALSE(figures.sync_mean_us);
    CHECK_FALSE(figures.loop_longest_us);
    CHECK(figures.sync == "always");
    CHECK(figures.brake);
    CHECK_FALSE(figure(stats_of({{"tasks", "many"}}), "tasks"));
}

}  // namespace taskbbs::cli::top
