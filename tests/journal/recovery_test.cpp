// What recovery finds, refuses and leaves alone.
#include "broker/journal/recovery.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/little_endian.hpp"
#include "broker/journal/names.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

// Three sealed segments and one in use: 20 events, stopped cleanly.
void make_journal(Disk& disk) {
    Run run(disk);
    for (int i = 0; i < 10; ++i)
        run.write(2);
    run.stop();
}

// Writes the header anew, with a checksum that holds.
template <typename Change>
void change_header(MemoryDisk& disk, Seq segment, Change change) {
    std::string& bytes = disk.bytes(segment_name(segment));
    SegmentHeader header = read_segment_header(bytes.substr(0, segment_header_bytes)).header;
    change(header);
    put_segment_header(header, bytes.data());
}

}  // namespace

TEST_CASE("an empty directory becomes a new journal with names of its own") {
    MemoryDisk disk;
    const Replayed found = replay(disk);
    CHECK(found.recovered.fresh);
    CHECK(found.recovered.next_seq() == 1);
    CHECK(found.events.empty());
    CHECK(found.recovered.uuid() != found.recovered.log());
    CHECK(found.recovered.uuid() != Identity{});
    CHECK(found.recovered.tail.segment.writer == "test");
}

TEST_CASE("everything is recovered in order, over many segments and runs") {
    MemoryDisk disk;
    Seq last = 0;
    for (int number = 0; number < 5; ++number) {
        Run run(disk);
        CHECK(run.replayed() == events_up_to(last));
        run.write_empty(began_to_serve);
        for (std::uint32_t count = 1; count < 12; ++count)
            run.write(count);
        if (number % 2 == 0) run.stop();
        last = run.last();
    }
    const Replayed found = replay(disk);
    CHECK(found.events == events_up_to(last));
    CHECK(found.recovered.events == static_cast<std::uint64_t>(last));
    CHECK(found.recovered.next_seq() == last + 1);
    CHECK(found.recovered.segments > 5);
    CHECK(found.recovered.torn_bytes == 0);
}

TEST_CASE("a second recovery gives the same as the first") {
    MemoryDisk disk;
    {
        Run run(disk);
        for (int i = 0; i < 10; ++i)
            run.write(2);
    }
    Replayed first = replay(disk);
    first.recovered.lock.reset();
    const Replayed second = replay(disk);
    CHECK(first.events == second.events);
    CHECK(first.recovered.tail.offset == second.recovered.tail.offset);
    CHECK(first.recovered.tail.chain == second.recovered.tail.chain);
    CHECK(first.recovered.uuid() == second.recovered.uuid());
    CHECK(first.recovered.log() == second.recovered.log());
}

TEST_CASE("a second broker is turned away") {
    MemoryDisk disk;
    const Replayed held = replay(disk);
    CHECK_THROWS_AS(replay(disk), LockedError);
}

TEST_CASE("a missing segment is refused") {
    MemoryDisk pristine;
    make_journal(pristine);
    const std::vector<Seq> segments = segments_of(pristine.list());
    REQUIRE(segments.size() == 4);
    for (const Seq missing : segments) {
        const auto disk = pristine.copy();
        disk->remove(segment_name(missing));
        CHECK_THROWS_AS(replay(*disk), CorruptError);
    }
}

TEST_CASE("a directory that lost all its segments is not a new journal") {
    MemoryDisk disk;
    make_journal(disk);
    for (const Seq segment : segments_of(disk.list()))
        disk.remove(segment_name(segment));
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("there was a journal here"));
}

TEST_CASE("a segment under another's name is refused") {
    MemoryDisk disk;
    make_journal(disk);
    disk.put(segment_name(7), disk.bytes(segment_name(13)));
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("by its header"));
}

TEST_CASE("a segment of another journal is refused") {
    MemoryDisk disk;
    make_journal(disk);
    change_header(disk, 7, [](SegmentHeader& header) { header.uuid.fill('x'); });
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("another journal"));
}

TEST_CASE("a segment that does not continue the chain is refused") {
    MemoryDisk disk;
    make_journal(disk);
    change_header(disk, 7, [](SegmentHeader& header) { header.chain.fill('x'); });
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("does not follow"));
}

TEST_CASE("a newest segment that is sealed is refused") {
    MemoryDisk disk;
    make_journal(disk);
    disk.remove(segment_name(19));
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("sealed"));
}

TEST_CASE("an unknown format is refused with what to do") {
    MemoryDisk disk;
    make_journal(disk);
    std::string& bytes = disk.bytes(segment_name(19));
    put(bytes.data() + 8, std::uint32_t{9});
    put(bytes.data() + 12, std::uint32_t{9});
    put(bytes.data() + 4092, crc32c({bytes.data(), 4092}));
    CHECK_THROWS_AS(replay(disk), UnsupportedError);
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("newer version"));
}

TEST_CASE("a segment whose header says format 0 is damaged") {
    const std::size_t where = GENERATE(8, 12);
    MemoryDisk disk;
    make_journal(disk);
    std::string& bytes = disk.bytes(segment_name(19));
    put(bytes.data() + where, std::uint32_t{0});
    put(bytes.data() + 4092, crc32c({bytes.data(), 4092}));
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("format 0"));
}

TEST_CASE("an unknown record is refused with its number") {
    MemoryDisk disk;
    {
        Run run(disk);
        run.write(2);
        Batch batch;
        batch.set_first_seq(3);
        batch.append({.type = 99}, "body", "");
        run.writer().commit(batch);
    }
    CHECK_THROWS_AS(replay(disk), UnsupportedError);
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("event 3"));
}

TEST_CASE("a refusal names file, offset and event and changes nothing") {
    MemoryDisk disk;
    make_journal(disk);
    disk.bytes(segment_name(7))[2 * block_bytes + 200] ^= 1;
    const auto before = disk.copy();
    try {
        replay(disk);
        FAIL("it was not refused");
    } catch (const CorruptError& error) {
        CHECK(error.file() == "memory/" + segment_name(7));
        CHECK(error.offset() == 2 * block_bytes);
        CHECK(error.seq() == 9);
    }
    CHECK(disk.list() == before->list());
    for (const std::string& name : before->list())
        CHECK(disk.bytes(name) == before->bytes(name));
}

TEST_CASE("after an unclean stop the last segment is copied, after a clean one it is not") {
    MemoryDisk disk;
    {
        Run run(disk);
        run.write(2);
    }
    const std::uint64_t before = disk.calls();
    CHECK_FALSE(replay(disk).recovered.clean_stop);
    const std::uint64_t unclean = disk.calls() - before;
    {
        Run run(disk);
        run.stop();
    }
    const std::uint64_t stopped = disk.calls();
    CHECK(replay(disk).recovered.clean_stop);
    CHECK(disk.calls() - stopped + 5 < unclean);
}

TEST_CASE("temporary files are removed, unknown ones are left alone") {
    MemoryDisk disk;
    make_journal(disk);
    disk.put("seg-00000000000000000021.tmp", "x");
    disk.put("spare-4.tmp", "x");
    disk.put("notes.tmp", "x");
    disk.put("seg-readme", "x");
    replay(disk);
    CHECK_FALSE(disk.has("seg-00000000000000000021.tmp"));
    CHECK_FALSE(disk.has("spare-4.tmp"));
    CHECK(disk.has("notes.tmp"));
    CHECK(disk.has("seg-readme"));
}

TEST_CASE("what a visitor throws passes through and frees the lock") {
    MemoryDisk disk;
    make_journal(disk);
    const Visitor visitor{.on_record = [](const Record&) { throw std::logic_error("no event"); }};
    CHECK_THROWS_AS(recover(disk, small_settings(), {}, visitor), std::logic_error);
    CHECK(replay(disk).events == events_up_to(20));
}

}  // namespace taskbbs::journal
