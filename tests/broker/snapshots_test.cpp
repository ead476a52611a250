// When snapshots are due, and what they make unneeded.
#include "broker/snapshots.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::broker;
using namespace std::chrono_literals;

namespace {

using Priority = Snapshots::Priority;
using Written = Snapshots::Written;

constexpr std::uint64_t least = 1000;
const core::Time began{1h};

Snapshots fresh() {
    return {journal::Recovered{}, least};
}

void take(Snapshots& snapshots, const Written& written, journal::Seq seq, std::uint64_t bytes) {
    snapshots.started(written, *snapshots.due(written, began));
    snapshots.ended(Snapshots::Taken{seq, bytes, snapshots.newest().seq}, began);
}

}  // namespace

TEST_CASE(
    "a snapshot is due when more than snapshot_bytes lie behind the last, some of it sealed") {
    const Snapshots snapshots = fresh();
    CHECK_FALSE(snapshots.due({800, 1000}, began));
    CHECK(snapshots.due({800, 1001}, began) == Priority::low);
    CHECK_FALSE(snapshots.due({0, 5000}, began));
}

TEST_CASE("the next one is due after as much as the last one has, if that is more") {
    Snapshots snapshots = fresh();
    take(snapshots, {1000, 1100}, 10, 3000);
    CHECK_FALSE(snapshots.due({2000, 4000}, began));
    CHECK(snapshots.due({2000, 4001}, began));
}

TEST_CASE("what lay behind the snapshot that a restart began with counts") {
    journal::Recovered recovered;
    recovered.snapshot = 5;
    recovered.snapshot_bytes = 10;
    recovered.sealed = 900;
    const Snapshots snapshots(recovered, least);
    CHECK_FALSE(snapshots.due({0, 100}, began));
    CHECK(snapshots.due({0, 101}, began));
}

TEST_CASE("one is taken at a time") {
    Snapshots snapshots = fresh();
    snapshots.started({1000, 2000}, Priority::low);
    CHECK(snapshots.under_way());
    CHECK_FALSE(snapshots.due({9000, 9000}, began));
}

TEST_CASE("one of low priority that falls behind is ended for an urgent one, at once") {
    Snapshots snapshots = fresh();
    snapshots.started({1000, 1001}, Priority::low);
    CHECK_FALSE(snapshots.falls_behind({1000, 1250}));
    CHECK(snapshots.falls_behind({1000, 1251}));
    snapshots.hurry();
    snapshots.ended({}, began);
    CHECK(snapshots.failed() == 0);
    CHECK(snapshots.due({1000, 1251}, began) == Priority::urgent);
    snapshots.started({1000, 1251}, Priority::urgent);
    CHECK_FALSE(snapshots.falls_behind({9000, 9000}));
    snapshots.ended(Snapshots::Taken{10, 10}, began);
    CHECK(snapshots.due({2000, 2100}, began + 10s) == Priority::low);
}

TEST_CASE("one that is due within seconds of the last one is urgent") {
    Snapshots snapshots = fresh();
    take(snapshots, {1000, 1100}, 10, 10);
    CHECK(snapshots.due({2000, 2100}, began + 9s) == Priority::urgent);
    CHECK(snapshots.due({2000, 2100}, began + 10s) == Priority::low);
}

TEST_CASE("one that begins late is urgent") {
    CHECK(fresh().due({1000, 2000}, began) == Priority::urgent);
}

TEST_CASE("after a failure it is tried again, with pauses that grow to ten minutes") {
    Snapshots snapshots = fresh();
    core::Time now = began;
    std::vector<core::Duration> pauses;
    for (int i = 0; i < 14; ++i) {
        snapshots.started({1000, 1001}, Priority::urgent);
        snapshots.ended({}, now);
        const core::Time failed = now;
        while (!snapshots.due({1000, 1001}, now)) {
            now += 100ms;
        }
        pauses.push_back(now - failed);
    }
    CHECK(pauses.front() == 100ms);
    CHECK(pauses[1] == 200ms);
    CHECK(pauses.back() == 10min);
    CHECK(snapshots.failed() == 14);
}

TEST_CASE(
    "one whose process was killed when it was done is known by the next that is made from it") {
    Snapshots snapshots = fresh();
    take(snapshots, {1000, 1100}, 10, 1);
    take(snapshots, {2000, 2200}, 20, 1);
    snapshots.started({3000, 3300}, Priority::low);
    snapshots.ended(Snapshots::Taken{40, 1, 30}, began);
    CHECK(snapshots.needed_from() == 31);
    CHECK(snapshots.take_unneeded() ==
          std::vector<std::string>{"snap-00000000000000000010", "snap-00000000000000000020"});
}

TEST_CASE("the two newest are kept, with the events since the older") {
    Snapshots snapshots = fresh();
    take(snapshots, {1000, 1100}, 10, 1);
    CHECK(snapshots.needed_from() == 1);
    CHECK(snapshots.take_unneeded().empty());
    take(snapshots, {2000, 2200}, 20, 1);
    CHECK(snapshots.needed_from() == 11);
    take(snapshots, {3000, 3300}, 30, 1);
    CHECK(snapshots.needed_from() == 21);
    CHECK(snapshots.take_unneeded() == std::vector<std::string>{"snap-00000000000000000010"});
    CHECK(snapshots.newest().seq == 30);
    CHECK(snapshots.taken() == 3);
}
