// What a snapshot says: as a file, whole or not, and row by row behind checksums that hold. Rows
// are refused, or they make a board that holds.
//
//     input:  0: u8 | bytes of the file        1: u8 | row (a piece) | row ...
#include "broker/core/snapshot.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/require.hpp"
#include "broker/journal/snapshot_file.hpp"
#include "tests/fuzz/board_check.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/journal/memory_disk.hpp"

#include <memory>

using namespace taskbbs;
using journal::MemoryDisk;
using journal::require;

namespace {

constexpr journal::Seq last_seq = 12;

// As many as can be read.
std::vector<std::string> rows_in(MemoryDisk& disk) {
    std::vector<std::string> rows;
    try {
        journal::SnapshotReader reader(disk, journal::snapshot_name(last_seq));
        while (const auto row = reader.next()) {
            rows.emplace_back(*row);
        }
    } catch (const journal::CorruptError&) {
        return rows;
    } catch (const journal::UnsupportedError&) {
        return rows;
    }
    return rows;
}

std::vector<std::string> through_a_file(const std::vector<std::string>& rows) {
    MemoryDisk disk;
    journal::SnapshotWriter writer(disk, {.seq = last_seq, .writer = "fuzz"});
    for (const std::string& row : rows) {
        writer.add(row);
    }
    writer.finish();
    journal::publish_snapshot(disk, last_seq);
    return rows_in(disk);
}

// Null: they are refused, or not all of them are there.
std::unique_ptr<core::Board> board_of(const std::vector<std::string>& rows) {
    core::Settings settings;
    settings.converge.completed_expiry = std::chrono::minutes(5);
    auto board = std::make_unique<core::Board>(settings);
    core::RowReader reader(*board);
    core::RowDigest digest;
    for (const std::string& row : rows) {
        const bool counted = digest.take(row);
        if (!reader.take(row)) {
            return nullptr;
        }
        require(counted, "a row that is taken is counted");
    }
    if (!reader.complete()) {
        return nullptr;
    }
    require(digest.result() == board->digest(), "rows come to the digest of their board");
    return board;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    std::vector<std::string> rows;
    if (input.byte() == 0) {
        MemoryDisk disk;
        disk.put(journal::snapshot_name(last_seq), input.rest());
        rows = rows_in(disk);
    } else {
        while (!input.empty()) {
            rows.push_back(input.piece());
        }
        require(through_a_file(rows) == rows, "rows are read as they were written");
    }
    if (const auto board = board_of(rows)) {
        fuzz::check(*board);
    }
    return 0;
}
