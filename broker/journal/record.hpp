// A record: one event as the journal holds it, two opaque byte strings under a few tags that let
// history find it without reading them (docs/journal-format.md, "Record").
//
//     0        4        8     9        10      11   12       16      24        24+n     24+n+m
//     | n: u32 | m: u32 | type| version| stream| 0  | group  | key   | body: n | rest: m | 0 to 8 |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace taskbbs::journal {

// Number of an event: dense, from 1; 0 stands for "none yet".
using Seq = std::int64_t;

inline constexpr std::uint8_t event_record = 1;  // the one type there is
// Events of queues came later than the others: what does not know them must not read on.
inline constexpr std::uint8_t first_record_version = 1;
inline constexpr std::uint8_t queue_record_version = 2;
inline constexpr std::uint8_t newest_record_version = queue_record_version;
inline constexpr std::uint8_t max_streams = 32;  // a stream is a bit of a query's mask

struct RecordTags {
    std::uint8_t type = event_record;
    std::uint8_t version = first_record_version;
    std::uint8_t stream = 0;  // below max_streams
    std::uint32_t group = 0;  // hash of the domain; 0: none
    std::uint64_t key = 0;    // hash of the guid; 0: none

    bool operator==(const RecordTags&) const = default;
};

// Views into the buffer that it was read from.
struct Record {
    Seq seq = 0;
    RecordTags tags;
    std::string_view body;  // as published
    std::string_view rest;  // the private part
};

// Bytes that a record takes, padding included.
std::size_t record_bytes(std::size_t body, std::size_t rest);

// Writes a record to `out`, which has room for record_bytes(). Returns the end.
char* put_record(char* out, const RecordTags& tags, std::string_view body, std::string_view rest);

// How long the record is that begins `bytes`, by its own word; nothing where there are too few to
// tell.
std::optional<std::size_t> record_bytes_at(std::string_view bytes);

// Walks the records of a batch's body. Total: bytes that are no record end the walk, nothing is
// read outside of them.
class RecordCursor {
  public:
    RecordCursor(Seq first_seq, std::string_view records) : seq_(first_seq), bytes_(records) {}

    // The next record; nothing at the end, or where what follows is no record.
    std::optional<Record> next();

    // Where the next record begins, in bytes from the first.
    std::size_t offset() const { return offset_; }

    // All was read, and all were records.
    bool at_end() const { return offset_ == bytes_.size(); }

  private:
    Seq seq_;
    std::string_view bytes_;
    std::size_t offset_ = 0;
};

}  // namespace taskbbs::journal
