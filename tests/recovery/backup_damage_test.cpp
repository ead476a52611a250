// Backups that were damaged since, and backups of a damaged journal.
#include "broker/journal/error.hpp"
#include "tests/recovery/backups.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

#include <optional>

namespace taskbbs::recovery_test {

TEST_CASE("a backup with a flipped bit, or cut short, is not restored, or comes to the same") {
    const Recorded recorded = record(End::killed);
    MemoryDisk backup;
    back_up(*recorded.disk, backup);
    const auto restored_state = [](MemoryDisk& damaged) -> std::optional<State> {
        MemoryDisk restored;
        try {
            restore(damaged, restored);
        } catch (const std::runtime_error&) {
            REQUIRE(restored.list().empty());
            return std::nullopt;
        }
        return serve(restored).state;
    };
    for (const std::string& name : backup.list()) {
        const std::string bytes = backup.bytes(name);
        for (std::size_t byte = 0; byte < bytes.size(); byte += test::one_in * 509) {
            INFO(name << " byte " << byte);
            const auto flipped = backup.copy();
            flipped->bytes(name)[byte] ^= 4;
            const auto state = restored_state(*flipped);
            REQUIRE((!state || *state == recorded.end));
            const auto cut = backup.copy();
            std::fill(cut->bytes(name).begin() + static_cast<std::ptrdiff_t>(byte),
                      cut->bytes(name).end(),
                      '\0');
            const auto shorter = restored_state(*cut);
            REQUIRE((!shorter || *shorter == recorded.end));
        }
    }
}

TEST_CASE("a backup of older segments that lost one of them is not restored") {
    const Recorded recorded = record(End::stopped);
    MemoryDisk backup;
    back_up(*recorded.disk, backup, Reach::history);
    backup.remove(recorded.segments().front());
    MemoryDisk restored;
    CHECK_THROWS_WITH(restore(backup, restored),
                      Catch::Contains("tells of") && Catch::Contains("take an older backup"));
    CHECK(restored.list().empty());
}

TEST_CASE("a backup whose note is damaged at any byte, or cut short, is not restored") {
    const Recorded recorded = record(End::stopped);
    MemoryDisk backup;
    back_up(*recorded.disk, backup);
    const std::string name(journal::backup_note_name);
    const std::string note = backup.bytes(name);
    MemoryDisk restored;
    for (std::size_t byte = 0; byte < note.size(); ++byte) {
        INFO("byte " << byte);
        backup.bytes(name) = note;
        backup.bytes(name)[byte] ^= 4;
        REQUIRE_THROWS_WITH(restore(backup, restored), Catch::Contains("is damaged"));
        backup.bytes(name) = note.substr(0, byte);
        REQUIRE_THROWS_WITH(restore(backup, restored), Catch::Contains("is damaged"));
    }
    backup.bytes(name) = note;
    CHECK(restore(backup, restored).seq == recorded.end.seq);
}

TEST_CASE("the note of an older version, which has no checksum, is believed where it is right") {
    const Recorded recorded = record(End::stopped);
    MemoryDisk backup;
    back_up(*recorded.disk, backup);
    std::string& note = backup.bytes(std::string(journal::backup_note_name));
    const std::size_t at = note.find(" checksum=");
    REQUIRE(at != std::string::npos);
    note.erase(at, std::string_view(" checksum=01234567").size());
    MemoryDisk restored;
    CHECK(restore(backup, restored).seq == recorded.end.seq);
    note.replace(note.find("tasks="), 7, "tasks=9");
    MemoryDisk second;
    CHECK_THROWS_WITH(restore(backup, second), Catch::Contains("tells of"));
}

TEST_CASE("a backup begins with the newest snapshot that holds, as a start does") {
    const Recorded recorded = record(End::stopped);
    const std::string newest = recorded.snapshots().back();
    const std::string older = recorded.snapshots().front();
    recorded.disk->bytes(newest)[journal::segment_header_bytes + 20] ^= 1;
    const Reach reach = GENERATE(Reach::snapshot, Reach::history);
    MemoryDisk backup;
    std::string said;
    const Backup made = broker::take_backup(
        *recorded.disk,
        backup,
        board_settings(),
        {.reach = reach, .writer = "test", .report = [&](std::string_view line) { said = line; }});
    CHECK(made.seq == recorded.end.seq);
    CHECK(made.snapshot == journal::parse_snapshot_name(older));
    CHECK_FALSE(backup.has(newest));
    CHECK_THAT(said, Catch::Contains("passed over") && Catch::Contains(newest));
    CHECK_THAT(said, !Catch::Contains("--truncate-at"));
    MemoryDisk restored;
    restore(backup, restored);
    CHECK(serve(restored).state == recorded.end);
}

TEST_CASE("where no backup can be made, a file of the source is named and no repair is advised") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.snapshots())
        recorded.disk->bytes(name)[journal::segment_header_bytes + 20] ^= 1;
    MemoryDisk backup;
    try {
        back_up(*recorded.disk, backup);
        FAIL("it was taken for whole");
    } catch (const journal::CorruptError& error) {
        CHECK(error.name() == recorded.snapshots().front());
        CHECK_THAT(error.what(), Catch::Contains("journal verify --journal.dir memory"));
        CHECK_THAT(error.what(), !Catch::Contains("--truncate-at"));
    }
}

}  // namespace taskbbs::recovery_test
