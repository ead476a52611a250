// cli/batch/progress.hpp: how far a batch is, in words.
#include "cli/batch/progress.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace taskbbs::cli::batch;
using std::chrono::milliseconds;

namespace {

std::string lines_of_failures(int count) {
    Failures failures;
    for (int number = 1; number <= count; ++number) {
        failures.add({.key = {static_cast<std::uint64_t>(number)},
                      .command = "false",
                      .failed = true,
                      .reason = "exit status 1"});
    }
    return failures.text();
}

}  // namespace

TEST_CASE("the rate is that of the last half minute") {
    Pace pace{Moment{}};
    CHECK(pace.rate() == 0);
    pace.add(Moment{} + 2s, 20);
    CHECK(pace.rate() == Approx(10));
    for (int second = 3; second <= 100; ++second) {
        pace.add(Moment{} + std::chrono::seconds{second}, 20);
    }
    CHECK(pace.rate() == 0);
}

TEST_CASE("samples close to each other do not shorten what the rate is about") {
    Pace pace{Moment{}};
    for (int tick = 1; tick <= 100; ++tick) {
        pace.add(Moment{} + tick * 200ms, static_cast<std::uint64_t>(tick));
    }
    CHECK(pace.rate() == Approx(5));
    CHECK(pace.rate() > 0);
}

TEST_CASE("the time left is told once the total and the rate are known") {
    const Tally half{.total = 100, .has_total = true, .done = 40, .skipped = 10};
    CHECK(time_left(half, 10) == 5s);
    CHECK_FALSE(time_left(half, 0));
    CHECK_FALSE(time_left({.total = 100, .done = 40}, 10));
    CHECK_FALSE(time_left(half, 1e-9));
}

TEST_CASE("durations are short, and exact enough for their size") {
    CHECK(short_duration(0ms) == "0ms");
    CHECK(short_duration(850ms) == "850ms");
    CHECK(short_duration(12'900ms) == "12s");
    CHECK(short_duration(185s) == "3m05s");
    CHECK(short_duration(std::chrono::hours{26} + 7min) == "26h07m");
}

TEST_CASE("the numbers name what there is, and a plus while more may come") {
    CHECK(numbers({.total = 10, .done = 4}, 2) == "4/10+ done, 2.0/s");
    CHECK(numbers({.total = 10, .has_total = true, .done = 4, .failed = 1, .retried = 3}, 2) ==
          "5/10 done, 1 failed, 3 tried anew, 2.0/s, 3s left");
    CHECK(numbers({.total = 2, .has_total = true, .done = 2}, 2) == "2/2 done, 2.0/s");
    CHECK(numbers({.total = 3, .handed_over = 2}, 2) == "2/3+ on the board, 2.0/s");
}

TEST_CASE("a bar is as full as the batch, and never wider than the terminal") {
    const Tally half{.total = 10, .has_total = true, .done = 5};
    CHECK(bar(half, 1, 200, false) == "[###############...............] 5/10 done, 1.0/s, 5s left");
    CHECK(bar({}, 0, 200, false) == "[..............................] 0/0+ done, 0.0/s");
    for (std::size_t width = 0; width < 80; ++width) {
        CHECK(bar(half, 1, width, false).size() <= width);
    }
}

TEST_CASE("colour is around the bar alone, red where something failed") {
    Tally tally{.total = 30, .has_total = true, .done = 30};
    CHECK(bar(tally, 1, 200, true).starts_with("[\x1b[32m###"));
    tally.done = 29;
    tally.failed = 1;
    CHECK(bar(tally, 1, 200, true).starts_with("[\x1b[31m###"));
}

TEST_CASE("of many failures the first are named, of a terminal's commands nothing is obeyed") {
    CHECK(lines_of_failures(0).empty());
    CHECK(lines_of_failures(1) == "  1: exit status 1: false\n");
    CHECK(lines_of_failures(25).ends_with("  20: exit status 1: false\n  and 5 more\n"));
    Failures failures;
    failures.add({.key = {1}, .command = "a\x1b[2J\n", .failed = true, .reason = "r"});
    CHECK(failures.text() == "  1: r: a\\x1b[2J\\n\n");
}

TEST_CASE("what the run itself has cancelled is no failure to tell of, what others have is") {
    Failures failures;
    failures.add(
        {.failed = true, .cancelled = true, .reason = "cancelled: the run was interrupted"});
    failures.add({.failed = false});
    CHECK(failures.text().empty());
    failures.add({.key = {4}, .failed = true, .cancelled = true, .reason = "cancelled: by them"});
    CHECK(failures.text() == "  4: cancelled: by them: \n");
}

TEST_CASE("the sum tells what came of all, and how fast") {
    CHECK(sum({.total = 3, .done = 2, .failed = 1, .skipped = 4}, 2s) ==
          "2 done, 1 failed, 4 done before in 2s (1.5/s)");
    CHECK(sum({}, 0ms) == "0 done in 0ms (0.0/s)");
}
