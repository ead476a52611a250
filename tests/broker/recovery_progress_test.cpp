// When a long recovery is spoken of, by a clock that the test turns.
#include "broker/recovery_progress.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::broker::recovery_progress_test {

using namespace std::chrono_literals;
using protocol::Time;

namespace {

constexpr Time start{1000s};
constexpr std::uint64_t mib = 1 << 20;

}  // namespace

TEST_CASE("a recovery that takes less than ten seconds says nothing") {
    RecoveryProgress progress(start, 100 * mib);
    progress.read(50 * mib, 1000);
    CHECK_FALSE(progress.word(start + 1s));
    CHECK_FALSE(progress.word(start + 9999ms));
}

TEST_CASE("one that takes longer says how far it is, and again every five seconds") {
    RecoveryProgress progress(start, 200 * mib);
    progress.read(50 * mib, 1000);
    const auto first = progress.word(start + 10s);
    REQUIRE(first);
    CHECK(first->percent == 25);
    CHECK(first->events == 1000);
    CHECK(first->took == 10s);
    CHECK(first->status() == "recovering: 25 % of the journal, 1000 events");
    CHECK_FALSE(progress.word(start + 14999ms));
    progress.read(100 * mib, 500);
    const auto second = progress.word(start + 15s);
    REQUIRE(second);
    CHECK(second->percent == 75);
    CHECK(second->events == 1500);
    CHECK_FALSE(progress.word(start + 19s));
}

TEST_CASE("what it asks of the service manager outlasts the pause between two words") {
    CHECK(RecoveryProgress::extension > 2 * RecoveryProgress::every);
}

TEST_CASE("the share never passes 100, whatever was read and however little there was") {
    RecoveryProgress more(start, 1 * mib);
    more.read(5 * mib, 1);
    CHECK(more.word(start + 1min)->percent == 100);
    RecoveryProgress nothing(start, 0);
    CHECK(nothing.word(start + 1min)->percent == 0);
}

TEST_CASE("the clock is asked for once a mebibyte, however it was read") {
    RecoveryProgress progress(start, 10 * mib);
    int asked = 0;
    for (std::uint64_t bytes = 0; bytes < 10 * mib; bytes += 4096) {
        if (progress.read(4096, 1)) {
            ++asked;
            progress.word(start);
        }
    }
    CHECK(asked == 10);
}

}  // namespace taskbbs::broker::recovery_progress_test
