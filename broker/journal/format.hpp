// The bytes of segments and batches (docs/journal-format.md). All numbers are little-endian. What
// is parsed here is checked against its own checksum first; nothing outside of the given bytes is
// read.
//
//     segment:  header (4096)  batch  batch  ...  zeroes to the end
//     batch:    header (96)  records  zeroes to a multiple of 4096
#pragma once

#include "broker/journal/batch.hpp"
#include "broker/journal/checksum.hpp"
#include "protocol/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::journal {

inline constexpr std::uint32_t format_version = 1;         // what we write
inline constexpr std::uint32_t oldest_reader_version = 1;  // what can read what we write
inline constexpr std::size_t block_bytes = 4096;           // all writes are of whole blocks
inline constexpr std::size_t segment_header_bytes = block_bytes;
inline constexpr std::size_t batch_header_bytes = 96;
inline constexpr std::uint64_t min_segment_bytes = 4 * block_bytes;

// Sixteen random bytes that name a journal, or a history.
using Identity = std::array<char, 16>;

std::string to_hex(const Identity& id);

inline constexpr std::uint64_t whole_blocks(std::uint64_t bytes) {
    return (bytes + block_bytes - 1) / block_bytes * block_bytes;
}

// What a setting of journal.segment_bytes comes to.
inline constexpr std::uint64_t usable_segment_bytes(std::uint64_t wanted) {
    return whole_blocks(wanted < min_segment_bytes ? min_segment_bytes : wanted);
}

// The largest batch that is written anywhere but first in its segment: so the bytes behind a torn
// batch are known to be zero.
inline constexpr std::uint64_t max_following_batch(std::uint64_t segment_bytes) {
    return segment_bytes / 2;
}

//     0       8         12             16            32   48          56     72          80     88
//     | magic | version | oldest reader| journal uuid| log| first seq | chain| created at| size |
//     mark 96                128        4092    4096 | writer version  | zeroes   | crc32c |
struct SegmentHeader {
    Identity uuid{};    // of the journal, for all its life
    Identity log{};     // of the history: another one begins where acknowledged events were cut
    Seq first_seq = 1;  // the next event's number when it was made
    Chain chain{};      // of the last batch before it, the seal not counted
    protocol::Time created_at{};
    std::uint64_t bytes = 0;  // of the file
    std::uint64_t mark = 0;   // random, secret, the journal's: what each batch begins with
    std::string writer;       // the program's version, up to 31 bytes, for people

    bool operator==(const SegmentHeader&) const = default;
};

// What of a header is wrong: "" if nothing.
struct SegmentHeaderRead {
    SegmentHeader header;
    std::string damage;       // no header of ours, or its checksum does not hold
    std::string unsupported;  // whole, and of a format that we can't read
};

// The first chain value of a journal: derived from its identities, so that no batch fits two
// journals.
Chain first_chain(const Identity& uuid, const Identity& log);

void put_segment_header(const SegmentHeader& header, char* out);  // segment_header_bytes
SegmentHeaderRead read_segment_header(std::string_view bytes);

//     0      8            12         16       20      24      28               32     40
//     | mark | header crc | body crc | body n | count | flags | digest version | time | first seq |
//     48        56      72       80          88  96
//     | durable | chain | digest | run began | 0 |
struct BatchHeader {
    std::uint64_t mark = 0;
    std::uint32_t body_crc = 0;
    std::uint32_t body_bytes = 0;
    std::uint32_t count = 0;
    std::uint32_t flags = 0;
    protocol::Time time{};
    protocol::Time run_began{};  // when the run that wrote it began to serve
    Seq first_seq = 0;
    Seq durable_seq = 0;  // the last event that was durable before this write began
    Chain chain{};
    StateDigest digest;

    std::uint64_t padded_bytes() const { return whole_blocks(batch_header_bytes + body_bytes); }
};

// Writes the header in front of `body`, which lies behind it, and computes checksums and chain from
// `previous`. `header.body_crc`, `body_bytes` and `chain` are set by it.
void put_batch_header(BatchHeader& header, const Chain& previous, char* batch);

// A header that begins with `mark` and whose checksum holds; nothing else is checked. `bytes` has
// at least batch_header_bytes, else nothing.
std::optional<BatchHeader> read_batch_header(std::string_view bytes, std::uint64_t mark);

// The chain value that `header` before `body` must carry after `previous`.
Chain chain_of(const BatchHeader& header, const Chain& previous, std::string_view body);

}  // namespace taskbbs::journal
