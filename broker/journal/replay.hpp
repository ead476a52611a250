// Walks the segments from first to last, checks each batch against all before it, hands the records
// over, and judges what stands behind the last one: nothing, a torn write, or damage. Changes
// nothing.
#pragma once

#include "broker/journal/batch_reader.hpp"
#include "broker/journal/disk.hpp"
#include "broker/journal/recovery.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::journal {

// The seal that ends a segment, or is to end it where a crash came before it.
struct Seal {
    std::string file;
    std::uint64_t offset = 0;
    protocol::Time time{};
    Chain previous{};
    StateDigest digest;
    bool found = false;
};

class Replay {
  public:
    Replay(Disk& disk, const StartingPoint& from, const Visitor& visitor);

    // `segments`: the first seqs of all files, ascending, not empty. Throws as recover() does.
    void run(const std::vector<Seq>& segments);
    // The same for all but the last one, which may be in use.
    void run_sealed(const std::vector<Seq>& segments);

    // What it found, once run.
    const Tail& tail() const { return tail_; }

    std::uint64_t events() const { return events_; }

    std::uint64_t segments() const { return segments_; }

    std::uint64_t bytes() const { return bytes_; }

    // Of the files of all segments but the last.
    std::uint64_t sealed_bytes() const { return sealed_bytes_; }

    // Where the data of the last segment ends: behind tail().offset if a write was torn.
    std::uint64_t data_end() const { return data_end_; }

    // The last segment holds no batch.
    bool last_is_empty() const { return tail_.offset == segment_header_bytes; }

    // Of the segment before the last one, if there is one.
    const std::optional<Seal>& last_seal() const { return seal_; }

  private:
    using Segments = std::vector<Seq>;
    Segments::const_iterator first_of(const Segments& segments);
    void read_segment(Seq first_seq, bool last);
    void check_header(File& file, const SegmentHeaderRead& read, Seq first_seq);
    bool read_batches(BatchReader& reader);
    void take(const ReadBatch& batch);
    void check_order(const ReadBatch& batch) const;
    void hand_over(const ReadBatch& batch);
    void check_digest(const ReadBatch& batch) const;
    void check_unsealed(BatchReader& reader) const;
    void judge_tail(BatchReader& reader);
    [[noreturn]] void refuse(std::uint64_t offset, const std::string& what) const;

    Disk* disk_;
    StartingPoint from_;
    const Visitor* visitor_;
    Tail tail_;
    bool begun_ = false;
    std::optional<Seal> seal_;
    std::uint64_t events_ = 0;
    std::uint64_t segments_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t sealed_bytes_ = 0;
    std::uint64_t data_end_ = 0;
};

}  // namespace taskbbs::journal
