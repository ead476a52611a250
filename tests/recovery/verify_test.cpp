// `taskbbsd journal verify` finds what recovery refuses, and what it does not even look at.
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal_tools.hpp"
#include "tests/recovery/recorded.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

namespace taskbbs::recovery_test {

namespace {

broker::Verified verify(MemoryDisk& disk) {
    const auto before = contents(disk);
    broker::Verified found = broker::verify_journal(disk, board_settings());
    REQUIRE(contents(disk) == before);
    return found;
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

bool advises_repair(const std::string& text) {
    return says(text, "repair --truncate-at");
}

// True: it was found, by a message that helps: with a repair where a start needs what is damaged,
// and never else.
bool verify_finds(MemoryDisk& disk) {
    const broker::Verified found = verify(disk);
    for (const std::string& text : found.damage) {
        if (says(text, "newer version")) continue;
        INFO(text);
        if (!found.starts) {
            require_helpful(text);
            continue;
        }
        REQUIRE_FALSE(advises_repair(text));
        REQUIRE(says(text, "No task is lost"));
    }
    return !found.damage.empty();
}

void flip(MemoryDisk& disk, const std::string& name, std::size_t byte, int bit) {
    char& changed = disk.bytes(name)[byte];
    changed = static_cast<char>(changed ^ (1 << bit));
}

// In the middle of its first batch.
void damage_segment(MemoryDisk& disk, const std::string& name) {
    flip(disk, name, journal::segment_header_bytes + 200, 0);
}

void damage_snapshot(MemoryDisk& disk, const std::string& name) {
    flip(disk, name, journal::segment_header_bytes + 20, 0);
}

Seq repair(MemoryDisk& disk, Seq last) {
    broker::repair_journal(disk, journal_settings(), board_settings(), last, "test");
    return recover(disk).board->seq();
}

}  // namespace

TEST_CASE("verify says that a whole journal holds") {
    for (const End end : {End::stopped, End::killed}) {
        const Recorded recorded = record(end);
        const broker::Verified found = verify(*recorded.disk);
        CHECK(found.damage.empty());
        CHECK(says(found.said, fmt::format("state {:016x}", recorded.end.digest)));
        CHECK(says(found.said, fmt::format("as of event {}: ", recorded.end.seq)));
    }
}

TEST_CASE("verify finds a flipped bit in any record, header or snapshot") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.files()) {
        const std::string bytes = recorded.disk->bytes(name);
        for (std::size_t byte = 0; byte < bytes.size();
             byte += test::one_in * (bytes[byte] != 0 ? 41 : 211)) {
            INFO(name << " byte " << byte);
            if (name == recorded.newest && byte >= recorded.tail) break;
            const bool padding = bytes[byte] == 0 && byte >= block_bytes;
            const auto disk = recorded.disk->copy();
            flip(*disk, name, byte, static_cast<int>(byte % 8));
            REQUIRE((verify_finds(*disk) || padding));
        }
    }
}

TEST_CASE("verify finds whatever recovery refuses") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.files()) {
        const std::size_t size = recorded.disk->bytes(name).size();
        for (std::size_t at = 0; at < size; at += 1021) {
            INFO(name << " cut at " << at);
            const auto cut = recorded.disk->copy();
            cut->bytes(name).resize(at);
            REQUIRE(verify_finds(*cut));
            cut->bytes(name).resize(size);
            const bool refused = judge(*cut->copy(), recorded) == Verdict::refused;
            REQUIRE((verify_finds(*cut) || !refused));
        }
    }
}

TEST_CASE("verify finds a segment that is missing between others, or at the end") {
    const Recorded recorded = record(End::stopped);
    const auto segments = recorded.segments();
    for (std::size_t i = 1; i < segments.size(); ++i) {
        INFO(segments[i]);
        const auto disk = recorded.disk->copy();
        disk->remove(segments[i]);
        CHECK(verify_finds(*disk));
    }
}

TEST_CASE("verify says that a start serves exactly where it does") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.files()) {
        const std::size_t bytes = recorded.disk->bytes(name).size();
        for (std::size_t byte = 40; byte < bytes; byte += test::one_in * 997) {
            INFO(name << " byte " << byte);
            const auto disk = recorded.disk->copy();
            flip(*disk, name, byte, 3);
            const bool starts = verify(*disk).starts;
            REQUIRE(starts == (judge(*disk, recorded) != Verdict::refused));
        }
    }
}

TEST_CASE("damage in a snapshot, or before the newest one that holds, is no reason to repair") {
    const Recorded recorded = record(End::stopped);
    const std::string newest = recorded.snapshots().back();
    const auto disk = recorded.disk->copy();
    std::string begins_with = newest;
    SECTION("the newest snapshot") {
        damage_snapshot(*disk, newest);
        begins_with = recorded.snapshots().front();
    }
    SECTION("the older snapshot") {
        damage_snapshot(*disk, recorded.snapshots().front());
    }
    SECTION("a segment that only history needs") {
        REQUIRE_FALSE(recorded.is_read(recorded.segments().front()));
        damage_segment(*disk, recorded.segments().front());
    }
    const broker::Verified found = verify(*disk);
    REQUIRE(found.damage.size() == 1);
    CHECK_FALSE(advises_repair(found.damage.front()));
    CHECK(found.starts);
    const std::string serves =
        fmt::format("event {}: it begins with {}", recorded.end.seq, begins_with);
    CHECK(says(found.said, serves));
    CHECK(judge(*disk, recorded) == Verdict::harmless);
}

TEST_CASE("where no snapshot holds and the first segments are gone, no repair is advised") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.snapshots())
        damage_snapshot(*recorded.disk, name);
    const broker::Verified found = verify(*recorded.disk);
    CHECK_FALSE(found.starts);
    REQUIRE(found.damage.size() == 1);
    CHECK_FALSE(advises_repair(found.damage.front()));
    CHECK(judge(*recorded.disk, recorded) == Verdict::refused);
}

TEST_CASE("a dump that ends at damage leaves it to verify what is to be done") {
    const Recorded recorded = record(End::stopped);
    damage_segment(*recorded.disk, recorded.segments().front());
    try {
        broker::dump_journal(*recorded.disk, {}, [](std::string_view) {});
        FAIL("it was taken for whole");
    } catch (const journal::CorruptError& error) {
        CHECK(says(error.what(), "taskbbsd journal verify"));
        CHECK_FALSE(advises_repair(error.what()));
    }
}

TEST_CASE("a repair does not end the history before a snapshot that holds") {
    const Recorded recorded = record(End::stopped);
    const auto before = contents(*recorded.disk);
    const std::string newest = recorded.snapshots().back();
    const Seq seq = journal::parse_snapshot_name(newest).value();
    CHECK_THROWS_WITH(repair(*recorded.disk, seq - 1), Catch::Contains(newest + " holds"));
    CHECK(contents(*recorded.disk) == before);
    CHECK(repair(*recorded.disk->copy(), seq) == seq);
    damage_snapshot(*recorded.disk, newest);
    CHECK(repair(*recorded.disk, seq - 1) == seq - 1);
}

}  // namespace taskbbs::recovery_test
