// The writer: batches in order, rolling over, failing for good.
#include "broker/journal/writer.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

namespace taskbbs::journal {

TEST_CASE("a full segment is followed by one named after its first event") {
    MemoryDisk disk;
    Run run(disk);
    for (int i = 0; i < 3; ++i)
        run.write(2);
    CHECK(run.writer().tail().file == segment_name(1));
    run.write(2);
    CHECK(run.writer().tail().file == segment_name(7));
    CHECK(disk.has(segment_name(1)));
    CHECK(disk.has(segment_name(7)));
}

TEST_CASE("a batch costs one write and one sync") {
    MemoryDisk disk;
    Run run(disk);
    run.write(2);
    const std::uint64_t calls = disk.calls();
    const std::uint64_t syncs = run.writer().counters().syncs;
    run.write(2);
    CHECK(disk.calls() == calls + 2);
    CHECK(run.writer().counters().syncs == syncs + 1);
}

TEST_CASE("with sync never no segment is synced by a batch") {
    MemoryDisk disk;
    Settings settings = small_settings();
    settings.sync = Sync::never;
    Run run(disk, settings);
    const std::uint64_t calls = disk.calls();
    run.write(2);
    CHECK(disk.calls() == calls + 1);
    CHECK(run.writer().counters().syncs == 0);
}

TEST_CASE("a batch larger than a segment gets one of its own size") {
    MemoryDisk disk;
    {
        Run run(disk);
        run.write(1);
        run.write(600);
        CHECK(run.writer().tail().segment.bytes > small_settings().segment_bytes);
        // There is room in it for one more, so that a stop can confirm it.
        run.write(1);
        run.write(1);
        CHECK(run.writer().tail().segment.bytes == small_settings().segment_bytes);
        run.stop();
    }
    CHECK(replay(disk).events == events_up_to(603));
}

TEST_CASE("a batch above half a segment is the first of its segment") {
    MemoryDisk disk;
    {
        Run run(disk);
        run.write(1);
        run.write(90);
        CHECK(run.writer().tail().file == segment_name(2));
        run.stop();
    }
    CHECK(replay(disk).events == events_up_to(91));
}

TEST_CASE("a segment full of empty batches is replaced, not followed") {
    MemoryDisk disk;
    {
        Run run(disk);
        for (int i = 0; i < 20; ++i)
            run.write_empty(confirm);
        CHECK(run.writer().tail().file == segment_name(1));
        for (int i = 0; i < 3; ++i)
            run.write(2);
        for (int i = 0; i < 20; ++i)
            run.write_empty(confirm);
        CHECK(run.writer().tail().file == segment_name(7));
        run.write(1);
        run.stop();
    }
    CHECK(replay(disk).events == events_up_to(7));
}

TEST_CASE("a clean stop confirms what was written, and nothing twice") {
    MemoryDisk disk;
    {
        Run run(disk);
        run.write(2);
        run.stop();
        const std::uint64_t batches = run.writer().counters().batches;
        CHECK(batches == 2);
    }
    {
        Run run(disk);
        run.stop();
        CHECK(run.writer().counters().batches == 0);
    }
    const Replayed found = replay(disk);
    REQUIRE(found.batches.size() == 2);
    CHECK(found.batches[1].count == 0);
    CHECK(found.batches[1].flags == confirm);
    CHECK(found.recovered.clean_stop);
}

TEST_CASE("after a failure every call throws the same again") {
    MemoryDisk disk;
    Run run(disk);
    run.write(2);
    disk.fail_at(disk.calls() + 1, MemoryDisk::Fault::eio);
    CHECK_THROWS_AS(run.write(2), JournalError);
    disk.heal();
    const std::uint64_t calls = disk.calls();
    CHECK_THROWS_WITH(run.write(2), Catch::Contains("fdatasync"));
    CHECK_THROWS_WITH(run.stop(), Catch::Contains("fdatasync"));
    CHECK(disk.calls() == calls);
}

TEST_CASE("flags and times of batches are kept") {
    MemoryDisk disk;
    {
        Run run(disk);
        run.write_empty(began_to_serve);
        run.write(3);
    }
    const Replayed found = replay(disk);
    REQUIRE(found.batches.size() == 2);
    CHECK(found.batches[0].flags == began_to_serve);
    CHECK(found.batches[1].first_seq == 1);
    CHECK(found.batches[1].count == 3);
    CHECK(found.batches[1].time == at(1));
    CHECK(found.recovered.last_time() == at(1));
}

}  // namespace taskbbs::journal
