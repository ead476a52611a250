// What the process that takes a snapshot says of it, where there is none to take too.
#include "broker/snapshot_job.hpp"

#include "broker/journal/names.hpp"
#include "tests/recovery/life.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::recovery_test {

namespace {

std::optional<broker::Snapshot> take(MemoryDisk& disk) {
    return broker::take_snapshot(disk, board_settings(), recovery_options());
}

void fill_a_segment(Life& life) {
    const std::string before = life.tail().file;
    while (life.tail().file == before) {
        life.work(static_cast<int>(life.acknowledged().seq));
    }
}

}  // namespace

TEST_CASE("without a sealed segment there is no snapshot") {
    MemoryDisk disk;
    Life life(disk);
    life.work(0);
    CHECK_FALSE(take(disk));
}

TEST_CASE("a snapshot says which one it was made from, and what it holds") {
    MemoryDisk disk;
    Life life(disk);
    fill_a_segment(life);
    const auto first = take(disk);
    fill_a_segment(life);
    const auto second = take(disk);
    REQUIRE((first && second));
    CHECK(first->before == 0);
    CHECK(first->events == static_cast<std::uint64_t>(first->seq));
    CHECK(second->before == first->seq);
    CHECK(second->events == static_cast<std::uint64_t>(second->seq - first->seq));
    CHECK(second->bytes == disk.bytes(journal::snapshot_name(second->seq)).size());
    CHECK(second->tasks > first->tasks);
}

TEST_CASE("a snapshot does not outlive a crash that the name of the segment behind it does not") {
    int crashes = 0;
    for (bool crashed = true; crashed; ++crashes) {
        MemoryDisk disk;
        Life life(disk);
        fill_a_segment(life);
        // The next segment gets its name; before the directory is synced a snapshot is taken, and
        // the machine stops at one of its calls.
        bool taking = false;
        disk.on_call = [&, named = false](std::string_view operation, const std::string&) mutable {
            if (named && !taking) {
                taking = true;
                disk.fail_at(disk.calls() + static_cast<std::uint64_t>(crashes),
                             MemoryDisk::Fault::crash_before);
                take(disk);
                disk.heal();
            }
            named = operation == "rename";
            return std::optional<MemoryDisk::Fault>();
        };
        Seq acknowledged = 0;
        crashed = false;
        try {
            while (!taking) {
                acknowledged = life.acknowledged().seq;
                life.work(static_cast<int>(acknowledged));
            }
        } catch (const journal::Crash&) {
            crashed = true;
        }
        for (std::uint64_t seed = 0; crashed && seed < 16; ++seed) {
            INFO("call " << crashes << " seed " << seed);
            CHECK(recover(*disk.crash(seed)).board->seq() >= acknowledged);
        }
    }
    CHECK(crashes > 10);
}

TEST_CASE("where no segment was sealed since the newest snapshot, that one is told of again") {
    MemoryDisk disk;
    Life life(disk);
    for (int i = 0; i < 2; ++i) {
        fill_a_segment(life);
        // Whoever took it was killed when it was done.
        const auto taken = take(disk);
        const auto found = take(disk);
        REQUIRE((taken && found));
        CHECK(found->seq == taken->seq);
        CHECK(found->before == taken->before);
        CHECK(found->bytes == taken->bytes);
        CHECK(found->tasks == taken->tasks);
        CHECK(found->events == 0);
    }
}

TEST_CASE("a snapshot that is found damaged is set aside, and the next restart has two that hold") {
    MemoryDisk disk;
    Life life(disk);
    fill_a_segment(life);
    const auto first = take(disk);
    fill_a_segment(life);
    const auto second = take(disk);
    fill_a_segment(life);
    REQUIRE((first && second));
    const std::string rotten = journal::snapshot_name(second->seq);
    disk.bytes(rotten).back() ^= 1;
    const auto third = take(disk);
    REQUIRE(third);
    CHECK(third->before == first->seq);
    CHECK_FALSE(disk.has(rotten));
    CHECK(disk.has(rotten + ".bad"));
    CHECK(disk.has(journal::snapshot_name(first->seq)));
}

TEST_CASE("what a killed process left of a snapshot is removed by the next one, nothing else is") {
    MemoryDisk disk;
    Life life(disk);
    fill_a_segment(life);
    const std::string left = journal::temporary_name(journal::snapshot_name(7));
    const std::string being_made = journal::temporary_name(journal::spare_name(70));
    disk.put(left, "half of it");
    disk.put(being_made, "");
    CHECK(take(disk));
    CHECK_FALSE(disk.has(left));
    CHECK(disk.has(being_made));
}

}  // namespace taskbbs::recovery_test
