// Snapshots as files, and recovery that begins with one (docs/journal-format.md, "Snapshot").
#include "broker/journal/error.hpp"
#include "broker/journal/little_endian.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/snapshot_file.hpp"
#include "broker/journal/starting_point.hpp"
#include "memory_disk.hpp"
#include "run.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {
namespace {

// Twenty events in segments 1, 7, 13 and 19.
void make_journal(MemoryDisk& disk) {
    Run run(disk);
    for (int i = 0; i < 10; ++i) {
        run.write(2);
    }
    run.stop();
}

// The digest that these tests make of rows and events: how many there were.
struct Counted {
    std::vector<std::string> rows;
    std::vector<Seq> seqs;
    int begun = 0;

    Visitor visitor() {
        return {.on_begin =
                    [this] {
                        ++begun;
                        rows.clear();
                        seqs.clear();
                    },
                .on_row =
                    [this](std::string_view row) {
                        rows.emplace_back(row);
                        return row != "bad";
                    },
                .on_record = [this](const Record& record) { seqs.push_back(record.seq); },
                .digest =
                    [this] {
                        return StateDigest{rows.size() + seqs.size(), 1};
                    }};
    }
};

// Of what the segment that begins with `next` follows on.
SnapshotHeader header_before(MemoryDisk& disk, Seq next) {
    const SegmentHeader segment =
        read_segment_header(disk.bytes(segment_name(next)).substr(0, segment_header_bytes)).header;
    return {.uuid = segment.uuid,
            .log = segment.log,
            .seq = next - 1,
            .chain = segment.chain,
            .last_time = at(next - 1),
            .writer = "test"};
}

void put_snapshot(MemoryDisk& disk,
                  Seq next,
                  const std::vector<std::string>& rows,
                  std::optional<std::uint64_t> digest = {}) {
    SnapshotHeader header = header_before(disk, next);
    header.digest = {digest.value_or(rows.size()), 1};
    SnapshotWriter writer(disk, header);
    for (const std::string& row : rows) {
        writer.add(row);
    }
    writer.finish();
    publish_snapshot(disk, header.seq);
}

Recovered recover_into(MemoryDisk& disk, Counted& counted, std::vector<std::string>* said = {}) {
    const Report report = [said](std::string_view line) {
        if (said != nullptr) said->emplace_back(line);
    };
    return recover(disk, small_settings(), {.now = at(1), .report = report}, counted.visitor());
}

std::vector<std::string> rows_in(Disk& disk, const std::string& name) {
    SnapshotReader reader(disk, name);
    std::vector<std::string> rows;
    while (const auto row = reader.next()) {
        rows.emplace_back(*row);
    }
    return rows;
}

const std::vector<std::string> some_rows{"one", "", std::string(300'000, 'x'), "four"};

}  // namespace

TEST_CASE("rows are read back as they were written, short, empty and long ones") {
    MemoryDisk disk;
    make_journal(disk);
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < 3000; ++i) {
        rows.push_back(std::string(i % 700, static_cast<char>('a' + i % 26)));
    }
    rows.push_back(std::string(2 << 20, 'z'));
    put_snapshot(disk, 13, rows);
    CHECK(rows_in(disk, snapshot_name(12)) == rows);
    CHECK(SnapshotReader(disk, snapshot_name(12)).header().rows == rows.size());
}

TEST_CASE("a snapshot without rows is one") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 13, {});
    CHECK(rows_in(disk, snapshot_name(12)).empty());
}

TEST_CASE("any damaged byte, and any cut, is found before the last row is handed over") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 13, {"one", "two", std::string(300, 'x'), "four"});
    const std::string name = snapshot_name(12);
    const std::string whole = disk.bytes(name);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
        disk.put(name, damaged);
        CHECK_THROWS_AS(rows_in(disk, name), CorruptError);
    }
    for (std::size_t bytes = 0; bytes < whole.size(); bytes += bytes < 4090 ? 111 : 1) {
        disk.put(name, whole.substr(0, bytes));
        CHECK_THROWS_AS(rows_in(disk, name), CorruptError);
    }
}

TEST_CASE("recovery begins with the newest snapshot and goes on with the segments behind it") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 7, {"older"});
    put_snapshot(disk, 13, some_rows);
    disk.remove(segment_name(1));
    disk.remove(segment_name(7));
    Counted counted;
    const Recovered recovered = recover_into(disk, counted);
    CHECK(counted.rows == some_rows);
    CHECK(counted.seqs == std::vector<Seq>{13, 14, 15, 16, 17, 18, 19, 20});
    CHECK(recovered.snapshot == 12);
    CHECK(recovered.snapshot_bytes == disk.bytes(snapshot_name(12)).size());
    CHECK(recovered.events == 8);
    CHECK(recovered.next_seq() == 21);
}

TEST_CASE("a snapshot that does not hold is passed over for the one before, said and set aside") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 7, {"older"});
    SECTION("its checksums do not hold") {
        put_snapshot(disk, 13, some_rows);
        disk.bytes(snapshot_name(12)).back() ^= 1;
    }
    SECTION("a row of it is unknown") {
        put_snapshot(disk, 13, {"one", "bad"});
    }
    SECTION("its state is not what it says") {
        put_snapshot(disk, 13, some_rows, 99);
    }
    disk.remove(segment_name(1));
    Counted counted;
    std::vector<std::string> said;
    const Recovered recovered = recover_into(disk, counted, &said);
    CHECK(counted.rows == std::vector<std::string>{"older"});
    CHECK(counted.seqs.front() == 7);
    CHECK(counted.begun == 2);
    CHECK(recovered.snapshot == 6);
    REQUIRE(said.size() == 1);
    CHECK(said[0].find(snapshot_name(12)) != std::string::npos);
    CHECK_FALSE(disk.has(snapshot_name(12)));
    CHECK(disk.has(snapshot_name(12) + ".bad"));
}

TEST_CASE("what is said of a snapshot that was passed over advises no repair") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 13, {"bad"});
    Counted counted;
    std::vector<std::string> said;
    recover_into(disk, counted, &said);
    REQUIRE(said.size() == 1);
    CHECK_THAT(said[0], Catch::Contains("No task is lost") && !Catch::Contains("--truncate-at"));
}

TEST_CASE("a snapshot of a later version is refused and not passed over, and nothing is changed") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 7, {"older"});
    put_snapshot(disk, 13, some_rows);
    std::string& bytes = disk.bytes(snapshot_name(12));
    put(bytes.data() + 8, std::uint32_t{9});
    put(bytes.data() + 12, std::uint32_t{9});
    put(bytes.data() + 4092, crc32c({bytes.data(), 4092}));
    const std::string later = bytes;
    Counted counted;
    CHECK_THROWS_AS(recover_into(disk, counted), UnsupportedError);
    REQUIRE(disk.has(snapshot_name(12)));
    CHECK(disk.bytes(snapshot_name(12)) == later);
    CHECK_FALSE(disk.has(snapshot_name(12) + ".bad"));
}

TEST_CASE("a snapshot whose header says format 0 does not hold") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 13, some_rows);
    std::string& bytes = disk.bytes(snapshot_name(12));
    put(bytes.data() + 8, std::uint32_t{0});
    put(bytes.data() + 4092, crc32c({bytes.data(), 4092}));
    CHECK_THROWS_AS(rows_in(disk, snapshot_name(12)), CorruptError);
}

TEST_CASE("where no snapshot holds the segments tell all, if they reach back to the first event") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 13, {"bad"});
    Counted counted;
    CHECK(recover_into(disk, counted).snapshot == 0);
    CHECK(counted.rows.empty());
    CHECK(counted.seqs.size() == 20);

    put_snapshot(disk, 13, {"bad"});
    disk.remove(segment_name(1));
    CHECK_THROWS_AS(recover_into(disk, counted), CorruptError);
    CHECK(disk.has(snapshot_name(12)));
}

TEST_CASE("a snapshot of another journal is refused") {
    MemoryDisk disk;
    make_journal(disk);
    SnapshotHeader header = header_before(disk, 13);
    header.chain[0] ^= 1;
    SnapshotWriter writer(disk, header);
    writer.finish();
    publish_snapshot(disk, 12);
    Counted counted;
    CHECK_THROWS_AS(recover_into(disk, counted), CorruptError);
}

TEST_CASE("segments that end before the newest snapshot are refused") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 19, {"all"});
    disk.remove(segment_name(19));
    Counted counted;
    CHECK_THROWS_AS(recover_into(disk, counted), CorruptError);
}

TEST_CASE(
    "a snapshot that was not finished is removed, and one without segments is no new journal") {
    MemoryDisk disk;
    make_journal(disk);
    put_snapshot(disk, 13, {"one"});
    disk.put(temporary_name(snapshot_name(18)), "half");
    Counted counted;
    recover_into(disk, counted);
    CHECK_FALSE(disk.has(temporary_name(snapshot_name(18))));

    MemoryDisk other;
    other.put(snapshot_name(12), disk.bytes(snapshot_name(12)));
    CHECK_THROWS_AS(recover_into(other, counted), CorruptError);
}

}  // namespace taskbbs::journal
