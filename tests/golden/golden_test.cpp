// Journals that were written once go on loading, and say what they said (tests/data/README.md).
#include "broker/journal/names.hpp"
#include "broker/journal_tools.hpp"
#include "tests/golden/disk_broker.hpp"
#include "tests/golden/listing.hpp"
#include "tests/golden/scripts.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace taskbbs;
using journal::MemoryDisk;

namespace {

const std::filesystem::path data = TASKBBS_TEST_DATA;

std::string contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The zeroes at a segment's end were left out of what is kept: its header says how many.
std::string with_its_end(std::string bytes) {
    const auto read = journal::read_segment_header(bytes);
    REQUIRE(read.damage.empty());
    bytes.resize(read.header.bytes);
    return bytes;
}

void load(MemoryDisk& disk, const std::filesystem::path& directory) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const std::string name = entry.path().filename();
        const std::string bytes = contents(entry.path());
        disk.put(name, journal::parse_segment_name(name) ? with_its_end(bytes) : bytes);
    }
}

std::vector<std::filesystem::path> journals() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data / "journals")) {
        if (entry.path().extension() == ".jsonl") {
            found.push_back(entry.path().parent_path() / entry.path().stem().stem());
        }
    }
    return found;
}

broker::RecoveredBoard recover(MemoryDisk& disk) {
    return broker::recover_board(disk, golden::small_segments(), {}, golden::board_settings());
}

}  // namespace

TEST_CASE("there are golden journals of each stop") {
    CHECK(journals().size() >= golden::scripts().size());
}

TEST_CASE("a golden journal's events are those that were written") {
    const auto path = GENERATE(from_range(journals()));
    INFO(path);
    MemoryDisk disk;
    load(disk, path);
    std::string events;
    broker::dump_journal(disk, {}, [&](std::string_view line) {
        events += line;
        events += '\n';
    });
    CHECK(events == contents(path.string() + ".events.jsonl"));
}

TEST_CASE("verify is content with a golden journal") {
    const auto path = GENERATE(from_range(journals()));
    INFO(path);
    MemoryDisk disk;
    load(disk, path);
    const broker::Verified found = broker::verify_journal(disk, golden::board_settings());
    CHECK(found.damage.empty());
    CHECK(found.starts);
    const std::string& said = found.said;
    CHECK(said.find("as journaled") != std::string::npos);
    CHECK((said.find("a torn write") != std::string::npos) == (path.filename() == "torn_tail"));
}

TEST_CASE("a golden journal comes to the board that it was written from, and again") {
    const auto path = GENERATE(from_range(journals()));
    INFO(path);
    MemoryDisk disk;
    load(disk, path);
    const std::string listing = contents(path.string() + ".board.txt");
    const auto first = recover(disk);
    CHECK(golden::listing_of(*first.board) == listing);
    CHECK(first.journal.clean_stop == (path.filename() == "clean_stop"));
    CHECK((first.journal.torn_bytes > 0) == (path.filename() == "torn_tail"));
    const bool has_snapshot = path.filename() == "snapshot" || path.filename() == "paused";
    CHECK((first.journal.snapshot > 0) == has_snapshot);
}

TEST_CASE("a golden journal is recovered twice alike, and is written on") {
    const auto path = GENERATE(from_range(journals()));
    INFO(path);
    MemoryDisk disk;
    load(disk, path);
    recover(disk);
    const std::string listing = contents(path.string() + ".board.txt");
    CHECK(golden::listing_of(*recover(disk).board) == listing);
    constexpr core::Time later{std::chrono::sys_days(std::chrono::year(2025) / 1 / 1)};
    golden::DiskBroker broker(disk, golden::board_settings(), later);
    broker.ask("requester", protocol::DesireArgs{.task = {.guid = "of-a-later-day"}});
    broker.write();
    CHECK(broker.board().tasks().find("of-a-later-day") != core::no_slot);
    const std::string lived = golden::listing_of(broker.board());
    broker.stop();
    CHECK(golden::listing_of(*recover(disk).board) == lived);
}
