// What history offers, and what it says where it can't offer.
#include "broker/journal/history.hpp"
#include "broker/journal/names.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

// Segments of six events each: 1, 7, 13, ... The batch that holds an event is stamped with its seq
// in seconds.
void fill(Run& run, int segments) {
    for (int i = 0; i < 3 * segments; ++i)
        run.write(2);
}

Settings offering(std::uint64_t segments) {
    Settings settings = small_settings();
    settings.retain_bytes = segments * settings.segment_bytes;
    settings.retain_for = std::chrono::hours(1);
    return settings;
}

}  // namespace

TEST_CASE("everything is offered while it is young and fits") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 5);
    History history(disk, offering(5), {});
    const Page page = history.read({.up_to = 30, .now = at(31)});
    CHECK(page.kind == Page::Kind::events);
    CHECK(page.oldest == 1);
    CHECK(page.count() == 30);
}

TEST_CASE("segments beyond retain_bytes are not offered") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 5);
    History history(disk, offering(2), {});
    const Page page = history.read({.up_to = 30, .now = at(31)});
    CHECK(page.kind == Page::Kind::truncated);
    CHECK(page.oldest == 19);
    CHECK(page.count() == 0);
    CHECK(history.read({.after = 17, .up_to = 30}).kind == Page::Kind::truncated);
    CHECK(history.read({.after = 18, .up_to = 30}).count() == 12);
}

TEST_CASE("no more than a quarter of the disk is offered") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 5);
    disk.capacity = 12 * small_settings().segment_bytes;
    History history(disk, offering(100), {});
    CHECK(history.read({.up_to = 30}).oldest == 13);
}

TEST_CASE("a segment is offered until its successor is older than retain_for") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 5);
    History history(disk, offering(100), {});
    const protocol::Duration hour = std::chrono::hours(1);
    // The second segment was begun at 7 s, the third at 13 s.
    CHECK(history.read({.up_to = 30, .now = at(7) + hour}).oldest == 1);
    CHECK(history.read({.up_to = 30, .now = at(8) + hour}).oldest == 7);
    CHECK(history.read({.up_to = 30, .now = at(13) + hour}).oldest == 7);
    CHECK(history.read({.up_to = 30, .now = at(14) + hour}).oldest == 13);
}

TEST_CASE("the segment in use is always offered") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 5);
    History history(disk, offering(0), {});
    const Page page = history.read({.after = 24, .up_to = 30, .now = at(1'000'000'000)});
    CHECK(page.oldest == 25);
    CHECK(page.count() == 6);
}

TEST_CASE("what is asked for beyond the newest event is truncated") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 1);
    History history(disk, offering(5), {});
    CHECK(history.read({.after = 7, .up_to = 6}).kind == Page::Kind::truncated);
    const Page end = history.read({.after = 6, .up_to = 6});
    CHECK(end.kind == Page::Kind::events);
    CHECK(end.next == 6);
    CHECK(end.count() == 0);
}

TEST_CASE("damage that came after the start is told, and never handed out") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 5);
    History history(disk, offering(100), {});
    while (history.advance(30)) {
    }
    disk.bytes(segment_name(7))[2 * block_bytes + 130] ^= 1;
    Query query{.after = 8, .up_to = 30};
    SECTION("by scan") {}
    SECTION("by key") {
        query.key = event(9).tags.key;
    }
    const Page page = history.read(query);
    CHECK(page.kind == Page::Kind::failed);
    CHECK(page.count() == 0);
    CHECK_THAT(page.failure, Catch::Contains(segment_name(7)));
    CHECK(history.read({.after = 12, .up_to = 30}).count() == 18);
}

TEST_CASE("what is said of damage in older segments advises no repair") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 5);
    SECTION("in a header") {
        disk.bytes(segment_name(7))[20] ^= 1;
    }
    SECTION("in a batch") {
        disk.bytes(segment_name(7))[2 * block_bytes + 130] ^= 1;
    }
    std::vector<std::string> said;
    History history(disk, offering(100), [&](std::string_view line) { said.emplace_back(line); });
    while (history.advance(30)) {
    }
    REQUIRE(said.size() == 1);
    CHECK_THAT(said[0], Catch::Contains("no task is lost") && !Catch::Contains("--truncate-at"));
    CHECK_THAT(history.read({.after = 8, .up_to = 30}).failure, !Catch::Contains("--truncate-at"));
}

TEST_CASE("a disk that fails to read is told, and asked again the next time") {
    MemoryDisk disk;
    Run run(disk);
    fill(run, 3);
    History history(disk, offering(100), {});
    disk.fail_at(disk.calls() + 4, MemoryDisk::Fault::eio);
    CHECK(history.read({.up_to = 18}).kind == Page::Kind::failed);
    disk.heal();
    CHECK(history.read({.up_to = 18}).count() == 18);
}

TEST_CASE("history follows a segment that was replaced because it was full of empty batches") {
    MemoryDisk disk;
    Run run(disk);
    History history(disk, offering(100), {});
    run.write_empty(began_to_serve);
    CHECK(history.read({.up_to = 0}).count() == 0);
    for (int i = 0; i < 10; ++i)
        run.write_empty(confirm);
    run.write(2);
    CHECK(history.read({.up_to = 2}).count() == 2);
}

}  // namespace taskbbs::journal
