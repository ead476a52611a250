// How long batches took lately.
#include "broker/journal/sync_times.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {
namespace {

using namespace std::chrono_literals;

RecentSyncs::Moment at(std::chrono::milliseconds time) {
    return RecentSyncs::Moment{time};
}

}  // namespace

TEST_CASE("the mean and the longest of recent syncs are told") {
    RecentSyncs syncs;
    syncs.note(at(1s), 2ms);
    syncs.note(at(2s), 6ms);
    syncs.note(at(7s), 1ms);
    CHECK(syncs.times(at(7s)).mean == 3ms);
    CHECK(syncs.times(at(7s)).longest == 6ms);
}

TEST_CASE("a sync counts for 5 s at least and 10 s at most") {
    RecentSyncs syncs;
    syncs.note(at(4'999ms), 9ms);
    CHECK(syncs.times(at(9'999ms)).longest == 9ms);
    CHECK(syncs.times(at(10s)).longest == 0ms);
    syncs.note(at(10s), 3ms);
    CHECK(syncs.times(at(10s)).longest == 3ms);
    CHECK(syncs.times(at(10s)).mean == 3ms);
}

TEST_CASE("where nothing was synced, the times are zero") {
    CHECK(RecentSyncs{}.times(at(0s)).mean == 0ms);
    CHECK(RecentSyncs{}.times(at(100s)).longest == 0ms);
}

TEST_CASE("all syncs since the start are counted, however long ago they were") {
    RecentSyncs syncs;
    syncs.note(at(1s), 2ms);
    syncs.note(at(100s), 3ms);
    CHECK(syncs.all().sum == 5e6);
}

}  // namespace taskbbs::journal
