// Spare segments: made ahead, reused, paced.
#include "broker/journal/spares.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/format.hpp"
#include "broker/journal/names.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

constexpr std::uint64_t segment_bytes = 1 << 20;

void rest(Spares& spares) {
    while (const auto pause = spares.step()) {
        if (*pause >= Spares::retry_pause) return;
    }
}

}  // namespace

TEST_CASE("a spare is made in pieces with a pause after each") {
    MemoryDisk disk;
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    int steps = 0;
    while (spares.step() == Spares::slow_pause)
        ++steps;
    CHECK(steps == segment_bytes / Spares::piece_bytes);
    CHECK(disk.bytes("spare-1") == std::string(segment_bytes, '\0'));
    CHECK(spares.take() == "spare-1");
    CHECK(spares.take() == std::nullopt);
}

TEST_CASE("one spare is made ahead, the next one when it is taken") {
    MemoryDisk disk;
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    rest(spares);
    rest(spares);
    CHECK(disk.list().size() == 1);
    spares.take();
    rest(spares);
    CHECK(disk.has("spare-2"));
}

TEST_CASE("a spare is made faster where the segment in use fills faster than half as fast") {
    MemoryDisk disk;
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    spares.note_filled(Spares::piece_bytes / 2);
    CHECK(spares.step() == Spares::slow_pause);
    spares.note_filled(Spares::piece_bytes);
    CHECK(spares.step() == Spares::slow_pause);
    spares.note_filled(segment_bytes / 2);
    CHECK(spares.step() == Spares::fast_pause);
    CHECK_FALSE(spares.take());  // the writer made one itself, which is empty
    CHECK(spares.step() == Spares::slow_pause);
}

TEST_CASE("a spare of an earlier run is used again if it has the right size") {
    MemoryDisk disk;
    disk.put("spare-3", std::string(segment_bytes, '\0'));
    disk.put("spare-4", std::string(segment_bytes, '\0'));
    disk.put("spare-5", std::string(100, '\0'));
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    spares.adopt();
    CHECK(disk.list() == std::vector<std::string>{"spare-3"});
    CHECK(spares.take() == "spare-3");
    rest(spares);
    CHECK(disk.has("spare-6"));
}

TEST_CASE("the reserve is held back when there is room for it and two segments") {
    MemoryDisk disk;
    disk.capacity = 5 * segment_bytes;
    Reserve reserve(disk, 3 * segment_bytes, {});
    reserve.refill(2 * segment_bytes);
    CHECK(reserve.whole());
    CHECK_FALSE(reserve.disk_is_full());
    CHECK(disk.bytes("reserve").size() == 3 * segment_bytes);

    MemoryDisk smaller;
    smaller.capacity = 5 * segment_bytes - 1;
    std::vector<std::string> reports;
    Reserve none(
        smaller, 3 * segment_bytes, [&](std::string_view line) { reports.emplace_back(line); });
    none.refill(2 * segment_bytes);
    none.refill(2 * segment_bytes);
    CHECK(none.held() == 0);
    CHECK(none.disk_is_full());
    CHECK(reports.size() == 1);
}

TEST_CASE("a reserve of another size is adjusted") {
    MemoryDisk disk;
    disk.put("reserve", std::string(segment_bytes, '\0'));
    const std::uint64_t wanted = GENERATE(std::uint64_t{0}, segment_bytes / 2, 2 * segment_bytes);
    Reserve reserve(disk, wanted, {});
    reserve.adopt();
    CHECK(reserve.held() == segment_bytes);
    reserve.refill(0);
    CHECK(reserve.held() == wanted);
    CHECK(disk.has("reserve") == (wanted != 0));
}

TEST_CASE("on a full disk segments take their space from the reserve until it is gone") {
    MemoryDisk disk;
    Seq last = 0;
    {
        Run run(disk);
        run.write(50);
        run.rest();
        REQUIRE(run.reserve().whole());
        disk.capacity = disk.capacity - disk.free_bytes();  // nothing is free
        // The spare, and two from the reserve of two segments.
        for (int i = 0; i < 3; ++i)
            run.write(50);
        CHECK(run.reserve().held() == 0);
        CHECK(run.reserve().disk_is_full());
        CHECK(run.reports().size() == 2);
        last = run.last();
        try {
            run.write(50);
            FAIL("there was space");
        } catch (const JournalError& error) {
            CHECK(error.out_of_space());
        }
    }
    disk.capacity += 10 * small_settings().segment_bytes;
    CHECK(replay(disk).events == events_up_to(last));
}

TEST_CASE("a spare that can't be made is reported once and tried again") {
    MemoryDisk disk;
    std::vector<std::string> reports;
    Reserve reserve(disk, 0, {});
    Spares spares(
        disk, reserve, segment_bytes, [&](std::string_view line) { reports.emplace_back(line); });
    disk.capacity = 100;
    CHECK(spares.step() == Spares::retry_pause);
    CHECK(spares.step() == Spares::retry_pause);
    CHECK(reports.size() == 1);
    CHECK(disk.list().empty());
    disk.capacity = 1ULL << 40;
    rest(spares);
    CHECK(spares.take());
}

TEST_CASE("a spare is made of a retired segment where there is one of its size") {
    MemoryDisk disk;
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    disk.put(segment_name(1), std::string(segment_bytes, 'x'));
    spares.recycle({segment_name(1)});
    rest(spares);
    CHECK_FALSE(disk.has(segment_name(1)));
    CHECK(disk.bytes("spare-1") == std::string(segment_bytes, '\0'));
}

TEST_CASE("while a backup reads, no spare is made of a retired segment") {
    MemoryDisk disk;
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    disk.put(segment_name(1), std::string(segment_bytes, 'x'));
    const auto backup = disk.lock(std::string(backup_lock_name));
    const auto read = disk.open_to_read(segment_name(1));
    spares.recycle({segment_name(1)});
    rest(spares);
    CHECK_FALSE(disk.has(segment_name(1)));
    CHECK(disk.bytes("spare-1") == std::string(segment_bytes, '\0'));
    std::string bytes(1, ' ');
    read->read_at(0, bytes);
    CHECK(bytes == "x");
}

TEST_CASE("what else is retired is removed, one file after the other") {
    MemoryDisk disk;
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    rest(spares);
    std::vector<std::string> names{index_name(1), segment_name(1), snapshot_name(9)};
    for (const std::string& name : names)
        disk.put(name, std::string(segment_bytes, 'x'));
    spares.recycle(names);
    CHECK(spares.step() == Spares::slow_pause);
    CHECK_FALSE(disk.has(index_name(1)));
    CHECK(disk.has(segment_name(1)));
    rest(spares);
    CHECK(disk.list() == std::vector<std::string>{"spare-1"});
}

TEST_CASE("what is retired while a spare is filled goes first, but for the last: the next spare") {
    MemoryDisk disk;
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    spares.step();  // filling
    for (const Seq first : {1, 2, 3})
        disk.put(segment_name(first), std::string(segment_bytes, 'x'));
    spares.recycle({segment_name(1), segment_name(2), segment_name(3)});
    spares.step();
    CHECK_FALSE(disk.has(segment_name(1)));
    spares.step();
    CHECK_FALSE(disk.has(segment_name(2)));
    CHECK_FALSE(disk.has("spare-1"));
    CHECK(disk.has(segment_name(3)));
}

TEST_CASE("a retired segment of another size is no spare") {
    MemoryDisk disk;
    Reserve reserve(disk, 0, {});
    Spares spares(disk, reserve, segment_bytes, {});
    disk.put(segment_name(1), "short");
    spares.recycle({segment_name(1)});
    rest(spares);
    CHECK_FALSE(disk.has(segment_name(1)));
    CHECK(disk.bytes("spare-1").size() == segment_bytes);
}

}  // namespace taskbbs::journal
