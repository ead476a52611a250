// Header first, and only then the length that it claims.
#include "broker/journal/batch_reader.hpp"

namespace taskbbs::journal {

std::optional<ReadBatch> BatchReader::read(std::uint64_t offset) {
    const std::optional<BatchHeader> found = header(offset);
    if (!found || found->padded_bytes() > bytes_ - offset) return std::nullopt;
    ReadBatch batch{.offset = offset, .header = *found};
    batch.body = window_.view(offset, batch_header_bytes + found->body_bytes);
    if (batch.body.size() < batch_header_bytes + found->body_bytes) return std::nullopt;
    batch.body.remove_prefix(batch_header_bytes);
    if (crc32c(batch.body) != found->body_crc) return std::nullopt;
    return batch;
}

std::optional<BatchHeader> BatchReader::header(std::uint64_t offset) {
    if (offset + block_bytes > bytes_) return std::nullopt;
    return read_batch_header(window_.view(offset, batch_header_bytes), mark_);
}

SegmentHeaderRead read_segment_header(File& file) {
    std::string bytes(segment_header_bytes, '\0');
    bytes.resize(file.read_at(0, bytes));
    return read_segment_header(bytes);
}

}  // namespace taskbbs::journal
