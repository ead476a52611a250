// Ending a history behind an event (docs/journal-format.md, "Repair").
#include "broker/journal/truncate.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "memory_disk.hpp"
#include "run.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace taskbbs::journal {
namespace {

constexpr Seq all = 20;

// Twenty events, two a batch, in segments 1, 7, 13 and 19.
void make_journal(MemoryDisk& disk) {
    Run run(disk);
    for (int i = 0; i < 10; ++i)
        run.write(2);
    run.stop();
}

Truncated truncate(MemoryDisk& disk, Seq last) {
    return truncate_history(disk, small_settings(), last, "test");
}

}  // namespace

TEST_CASE("the events up to the last one are left, wherever it lies, and the history goes on") {
    const Seq last = GENERATE(range(Seq{0}, all + 1));
    MemoryDisk disk;
    make_journal(disk);
    const std::string log = to_hex(replay(disk).recovered.log());
    const Truncated truncated = truncate(disk, last);
    {
        const Replayed left = replay(disk);
        CHECK(left.events == events_up_to(last));
        CHECK(to_hex(left.recovered.log()) == truncated.log);
        CHECK(truncated.log != log);
    }
    {
        Run run(disk);
        run.write(2);
        run.stop();
    }
    CHECK(replay(disk).events == events_up_to(last + 2));
}

TEST_CASE("what is cut is kept beside it") {
    MemoryDisk disk;
    make_journal(disk);
    const std::string thirteenth = disk.bytes(segment_name(13));
    const std::string nineteenth = disk.bytes(segment_name(19));
    disk.put(snapshot_name(18), "of cut events");
    disk.put(snapshot_name(12), "of kept ones");
    const Truncated truncated = truncate(disk, 15);
    CHECK(disk.bytes(segment_name(13) + ".cut") == thirteenth);
    CHECK(disk.bytes(segment_name(19) + ".cut") == nineteenth);
    CHECK(disk.has(snapshot_name(18) + ".cut"));
    CHECK(disk.has(snapshot_name(12)));
    CHECK(truncated.kept.size() == 3);
}

TEST_CASE("damage behind the last event does not matter, damage before it is refused with a hint") {
    MemoryDisk disk;
    make_journal(disk);
    // In the batch of events 9 and 10: the second one of its segment.
    disk.bytes(segment_name(7)).at(segment_header_bytes + block_bytes + 200) ^= 1;
    try {
        truncate(disk, 9);
        FAIL("it was taken for whole");
    } catch (const CorruptError& error) {
        CHECK(std::string(error.what()).find("up to 8 are whole") != std::string::npos);
    }
    CHECK_THROWS_AS(replay(disk), CorruptError);
    truncate(disk, 8);
    CHECK(replay(disk).events == events_up_to(8));
}

TEST_CASE("an event that is not there is refused, and nothing is changed") {
    MemoryDisk disk;
    make_journal(disk);
    CHECK_THROWS_AS(truncate(disk, all + 1), CorruptError);
    disk.remove(segment_name(1));
    CHECK_THROWS_AS(truncate(disk, 3), std::invalid_argument);
    MemoryDisk empty;
    CHECK_THROWS_AS(truncate(empty, 3), std::invalid_argument);
}

TEST_CASE("a crash at any call leaves what the next try ends") {
    MemoryDisk whole;
    make_journal(whole);
    const std::uint64_t calls = [&] {
        const auto disk = whole.copy();
        truncate(*disk, 9);
        return disk->calls();
    }();
    for (std::uint64_t call = 0; call < calls; ++call) {
        for (const auto fault : {MemoryDisk::Fault::crash_before, MemoryDisk::Fault::crash_after}) {
            const auto disk = whole.copy();
            disk->fail_at(call, fault);
            try {
                truncate(*disk, 9);
            } catch (const Crash&) {
            }
            const auto left = disk->crash(call);
            truncate(*left, 9);
            CHECK(replay(*left).events == events_up_to(9));
        }
    }
}

}  // namespace taskbbs::journal
