// Reads the batches of one segment, in order, each checked against its own checksums.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/format.hpp"
#include "broker/journal/window.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace taskbbs::journal {

struct ReadBatch {
    std::uint64_t offset = 0;
    BatchHeader header;
    std::string_view body;  // holds until the next read

    std::uint64_t end() const { return offset + header.padded_bytes(); }

    RecordCursor records() const { return {header.first_seq, body}; }
};

class BatchReader {
  public:
    // `segment` as the file's header says; `file` outlives the reader.
    BatchReader(File& file, const SegmentHeader& segment)
        : mark_(segment.mark), bytes_(segment.bytes), window_(file) {}

    // The batch at `offset`; nothing where none begins, or it is damaged. Whether it is the one
    // that belongs there is not checked.
    std::optional<ReadBatch> read(std::uint64_t offset);
    // Its header alone: it may have been written in part.
    std::optional<BatchHeader> header(std::uint64_t offset);

    Window& window() { return window_; }

  private:
    std::uint64_t mark_;
    std::uint64_t bytes_;
    Window window_;
};

// The header of a segment file.
SegmentHeaderRead read_segment_header(File& file);

}  // namespace taskbbs::journal
