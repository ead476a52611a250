// Where a segment's records are: by number, by key and by stream. Built from the segment's batches,
// and kept in a file beside it once the segment is sealed (docs/journal-format.md, "Index").
#pragma once

#include "broker/journal/batch_reader.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::journal {

// A record is called by its ordinal: seq - the segment's first seq.
class SegmentIndex {
  public:
    // What ties an index to the one segment that it was made from.
    struct Origin {
        Identity uuid{};
        Seq first_seq = 0;
        std::uint64_t seal_offset = 0;
        Chain seal_chain{};

        bool operator==(const Origin&) const = default;
    };

    struct Place {
        std::uint64_t offset = 0;  // in the segment
        std::uint32_t crc = 0;     // of the record
    };

    explicit SegmentIndex(Seq first_seq) : first_seq_(first_seq) {}

    // The next batch of the segment, in order; an empty one changes nothing. False: its records are
    // damaged.
    bool add(const ReadBatch& batch);
    // No more will be added.
    void finish();

    Seq first_seq() const { return first_seq_; }

    Seq next_seq() const { return first_seq_ + static_cast<Seq>(records_.size()); }

    // Of the batch that holds `seq`, which is in the segment.
    std::uint64_t batch_offset(Seq seq) const;
    Place place(Seq seq) const;

    // Seqs above `after`, ascending: of records whose key is `key`, and a few others (it goes by
    // half of the hash).
    std::vector<Seq> with_key(std::uint64_t key, Seq after) const;
    // Of records in any of `streams`, a bit for each.
    std::vector<Seq> in_streams(std::uint32_t streams, Seq after) const;
    // How many there are of these in all.
    std::uint64_t count_in(std::uint32_t streams) const;

    // As a file. Only once finished.
    std::string encode(const Origin& origin) const;
    // Nothing: the bytes are damaged, or of another origin.
    static std::optional<SegmentIndex> decode(std::string_view bytes, const Origin& origin);
    // Which segment's seal the file speaks of; nothing if it can't be told.
    static std::optional<Origin> read_origin(std::string_view bytes);

  private:
    struct BatchPlace {
        std::uint32_t ordinal = 0;  // of its first record
        std::uint32_t block = 0;    // offset / 4096
    };

    struct RecordPlace {
        std::uint32_t unit = 0;  // offset / 8
        std::uint32_t crc = 0;
    };

    struct KeyPlace {
        std::uint32_t key = 0;  // the lower half
        std::uint32_t ordinal = 0;

        auto operator<=>(const KeyPlace&) const = default;
    };

    Seq first_seq_;
    std::vector<BatchPlace> batches_;
    std::vector<RecordPlace> records_;
    // The first `sorted_keys_` are in order; the others were added since somebody asked.
    mutable std::vector<KeyPlace> keys_;
    mutable std::size_t sorted_keys_ = 0;
    std::array<std::vector<std::uint32_t>, max_streams> streams_;

    void add(const RecordTags& tags, std::uint64_t offset, std::uint32_t crc);
    void sort_keys() const;
};

}  // namespace taskbbs::journal
