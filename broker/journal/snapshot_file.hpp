// A snapshot as a file: opaque rows in checked blocks behind a header that says which events they
// stand for (docs/journal-format.md, "Snapshot"). It ends where a segment ends: replay goes on with
// the segment that begins with the next event.
//
//     header (4096)  block  block  ...        block:  n: u32 | crc32c: u32 | rows (n)
//                                             row:    m: u32 | bytes (m)
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/format.hpp"
#include "broker/journal/window.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::journal {

//     0       8         12             16             32   48    56      72     80               84
//     | magic | version | oldest reader| journal uuid | log| seq | chain | digest | its version | 0
//     | 88          96     104    112   144      4092    4096 | last time | rows | size | writer |
//     zeroes | crc32c |
struct SnapshotHeader {
    Identity uuid{};
    Identity log{};
    Seq seq = 0;    // the last event in it
    Chain chain{};  // of that event's batch
    StateDigest digest;
    protocol::Time last_time{};  // of that batch
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;  // of the file
    std::string writer;       // the program's version, up to 31 bytes, for people

    bool operator==(const SnapshotHeader&) const = default;
};

// Writes `snap-<seq>` under a temporary name. Used by one thread. Every call may throw
// JournalError; then the temporary file is to be removed, or is by the next recovery.
class SnapshotWriter {
  public:
    // `header` but for rows and bytes, which are counted. `disk` outlives it.
    SnapshotWriter(Disk& disk, SnapshotHeader header);

    void add(std::string_view row);
    // Written and synced; still under the temporary name, to be checked.
    void finish();

    const std::string& temporary() const { return temporary_; }

    const SnapshotHeader& header() const { return header_; }

  private:
    void write_block();

    SnapshotHeader header_;
    std::string temporary_;
    std::unique_ptr<File> file_;
    std::string block_;
    std::uint64_t offset_ = segment_header_bytes;
    std::uint64_t blocks_ = 0;
};

// Gives a finished snapshot its name; durable on return.
void publish_snapshot(Disk& disk, Seq seq);

// Reads one from front to back. Used by one thread. Throws CorruptError where what it reads is not
// what was written, UnsupportedError for a format that this version can't read, JournalError.
class SnapshotReader {
  public:
    // Reads and checks the header. `disk` outlives it.
    SnapshotReader(Disk& disk, std::string name);

    const SnapshotHeader& header() const { return header_; }

    // The next row: holds until the next call. Nothing: all of them were read.
    std::optional<std::string_view> next();

  private:
    void read_block();
    [[noreturn]] void refuse(const std::string& what) const;

    Disk* disk_;
    std::string name_;
    std::unique_ptr<File> file_;
    Window window_;
    SnapshotHeader header_;
    std::uint64_t offset_ = segment_header_bytes;
    std::uint64_t blocks_ = 0;
    std::uint64_t rows_ = 0;
    std::string_view block_;  // what is left of it
};

}  // namespace taskbbs::journal
