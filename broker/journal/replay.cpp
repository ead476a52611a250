// Where one segment ends and the next begins, and what may be wrong there.
#include "broker/journal/replay.hpp"

#include "broker/journal/names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::journal {

namespace {

void check_known(const Record& record, const std::string& file) {
    const RecordTags& tags = record.tags;
    const bool known = tags.type == event_record && tags.version >= first_record_version &&
                       tags.version <= newest_record_version && tags.stream < max_streams;
    if (known) return;
    throw UnsupportedError(file,
                           fmt::format("event {} is of type {}, version {}, stream {}",
                                       record.seq,
                                       tags.type,
                                       tags.version,
                                       tags.stream));
}

}  // namespace

Replay::Replay(Disk& disk, const StartingPoint& from, const Visitor& visitor)
    : disk_(&disk), from_(from), visitor_(&visitor) {
    tail_.next_seq = from.next_seq;
    tail_.last_time = from.last_time;
    tail_.digest = from.digest;
}

Replay::Segments::const_iterator Replay::first_of(const Segments& segments) {
    const auto first = std::ranges::lower_bound(segments, from_.next_seq);
    if (first == segments.end() || *first != from_.next_seq) {
        tail_.file = segment_name(from_.next_seq);
        refuse(0, "the file is missing");
    }
    return first;
}

void Replay::run(const std::vector<Seq>& segments) {
    for (auto next = first_of(segments); next != segments.end(); ++next)
        read_segment(*next, next + 1 == segments.end());
}

void Replay::run_sealed(const std::vector<Seq>& segments) {
    for (auto next = first_of(segments); next + 1 != segments.end(); ++next)
        read_segment(*next, false);
}

void Replay::read_segment(Seq first_seq, bool last) {
    const std::string before = tail_.file;
    tail_.file = segment_name(first_seq);
    if (first_seq != tail_.next_seq) {
        refuse(0, fmt::format("a segment is missing before it, or the end of {} is", before));
    }
    const std::unique_ptr<File> file = disk_->open_to_read(tail_.file);
    check_header(*file, read_segment_header(*file), first_seq);
    ++segments_;

    BatchReader reader(*file, tail_.segment);
    const bool is_sealed = read_batches(reader);
    if (seal_ && !seal_->found && !last_is_empty()) {
        tail_.file = seal_->file;
        refuse(seal_->offset,
               "the seal is missing that was synced before the next segment was used");
    }
    bytes_ += tail_.offset;
    if (last) {
        if (is_sealed)
            refuse(tail_.offset, "it was sealed, so the segment that follows on it is missing");
        // No writer leaves it so, and none could go on from there.
        if (tail_.offset + block_bytes > tail_.segment.bytes)
            refuse(tail_.offset, "there is no room for the seal that is to end it");
        judge_tail(reader);
        return;
    }
    if (!is_sealed) check_unsealed(reader);
    sealed_bytes_ += tail_.segment.bytes;
    seal_ = Seal{.file = tail_.file,
                 .offset = tail_.offset,
                 .time = tail_.last_time,
                 .previous = tail_.chain,
                 .digest = tail_.digest,
                 .found = is_sealed};
}

void Replay::check_header(File& file, const SegmentHeaderRead& read, Seq first_seq) {
    if (!read.damage.empty()) refuse(0, read.damage);
    if (!read.unsupported.empty()) throw UnsupportedError(tail_.file, read.unsupported);
    const SegmentHeader& header = read.header;
    if (header.first_seq != first_seq) {
        refuse(0, fmt::format("by its header it is {}", segment_name(header.first_seq)));
    }
    const std::uint64_t bytes = file.size();
    if (header.bytes != bytes || bytes < min_segment_bytes || bytes % block_bytes != 0) {
        refuse(bytes,
               fmt::format("the file has {} bytes, its header says {}", bytes, header.bytes));
    }
    if (!begun_) {
        begun_ = true;
        tail_.chain = from_.chain.value_or(first_chain(header.uuid, header.log));
    } else if (header.uuid != tail_.segment.uuid || header.mark != tail_.segment.mark) {
        refuse(0,
               fmt::format("it belongs to another journal ({}, this is {})",
                           to_hex(header.uuid),
                           to_hex(tail_.segment.uuid)));
    }
    if (header.chain != tail_.chain) refuse(0, "it does not follow on what is before it");
    tail_.segment = header;
    tail_.offset = segment_header_bytes;
}

// True: the segment is sealed. Else tail_.offset is where the first batch is missing or damaged.
bool Replay::read_batches(BatchReader& reader) {
    while (const std::optional<ReadBatch> batch = reader.read(tail_.offset)) {
        check_order(*batch);
        if ((batch->header.flags & sealed) != 0) return true;
        hand_over(*batch);
        take(*batch);
    }
    return false;
}

void Replay::check_order(const ReadBatch& batch) const {
    const BatchHeader& header = batch.header;
    if (header.first_seq != tail_.next_seq || header.durable_seq != tail_.next_seq - 1) {
        refuse(batch.offset,
               fmt::format("the batch there begins with event {}, written when {} was durable",
                           header.first_seq,
                           header.durable_seq));
    }
    if (chain_of(header, tail_.chain, batch.body) != header.chain) {
        refuse(batch.offset, "the batch there does not follow on what is before it");
    }
    if ((header.flags & ~known_flags) != 0) {
        throw UnsupportedError(
            tail_.file,
            fmt::format("the batch of event {} has flags {:#x}", header.first_seq, header.flags));
    }
}

void Replay::hand_over(const ReadBatch& batch) {
    const BatchHeader& header = batch.header;
    if (visitor_->on_batch) {
        visitor_->on_batch({.first_seq = header.first_seq,
                            .count = header.count,
                            .flags = header.flags,
                            .time = header.time,
                            .run_began = header.run_began,
                            .digest = header.digest});
    }
    RecordCursor records = batch.records();
    std::uint32_t count = 0;
    while (const std::optional<Record> record = records.next()) {
        check_known(*record, tail_.file);
        if (visitor_->on_record) visitor_->on_record(*record);
        ++count;
    }
    if (!records.at_end() || count != header.count) {
        refuse(batch.offset,
               fmt::format("of the batch's {} records {} can be read", header.count, count));
    }
    events_ += count;
    check_digest(batch);
}

void Replay::check_digest(const ReadBatch& batch) const {
    if (!visitor_->digest || batch.header.digest.version == 0) return;
    const StateDigest made = visitor_->digest();
    const StateDigest& said = batch.header.digest;
    if (made.version != said.version || made.value == said.value) return;
    refuse(batch.offset,
           fmt::format("the state after event {} is not the one that it was when the batch was "
                       "written ({:016x}, now {:016x})",
                       tail_.next_seq + batch.header.count - 1,
                       said.value,
                       made.value));
}

void Replay::take(const ReadBatch& batch) {
    tail_.offset = batch.end();
    tail_.next_seq += batch.header.count;
    tail_.chain = batch.header.chain;
    tail_.last_time = batch.header.time;
    tail_.digest = batch.header.digest;
    tail_.confirmed = batch.header.count == 0;
    if (visitor_->on_read) visitor_->on_read(batch.header.padded_bytes(), batch.header.count);
}

// A crash after the successor was made and before, or while, this one was sealed: behind the last
// batch there is nothing but what became of the seal.
void Replay::check_unsealed(BatchReader& reader) const {
    const std::uint64_t seal_end = tail_.offset + batch_header_bytes;
    const std::uint64_t data_end = reader.window().end_of_data(tail_.offset, tail_.segment.bytes);
    if (data_end > seal_end || seal_end > tail_.segment.bytes) {
        refuse(tail_.offset,
               "the batch there is damaged, or the seal that ends the segment is missing");
    }
}

// One batch is in flight at a time, and the next one's header says that it was durable. So what a
// crash may leave behind the last whole batch is a part of one batch, and no other one behind it.
void Replay::judge_tail(BatchReader& reader) {
    const std::uint64_t begin = tail_.offset;
    const std::uint64_t size = tail_.segment.bytes;
    data_end_ = reader.window().end_of_data(begin, size);
    if (data_end_ == begin) return;

    const std::uint64_t largest =
        begin == segment_header_bytes ? size - begin : max_following_batch(size);
    std::uint64_t most = std::min(begin + largest, size);
    if (const std::optional<BatchHeader> torn = reader.header(begin)) {
        if (torn->first_seq != tail_.next_seq || torn->durable_seq != tail_.next_seq - 1) {
            refuse(begin,
                   fmt::format("a batch of event {}, written when {} was durable, begins there",
                               torn->first_seq,
                               torn->durable_seq));
        }
        most = std::min(most, begin + torn->padded_bytes());
    }
    if (data_end_ > most) {
        refuse(
            begin,
            fmt::format("the batch there is damaged, and there is data up to offset {}, behind it",
                        data_end_));
    }
    for (std::uint64_t at = begin + block_bytes; at < data_end_; at += block_bytes) {
        if (const std::optional<BatchHeader> later = reader.header(at)) {
            refuse(begin,
                   fmt::format(
                       "the batch there is damaged; the one at offset {} was written when event {} "
                       "was durable",
                       at,
                       later->durable_seq));
        }
    }
}

void Replay::refuse(std::uint64_t offset, const std::string& what) const {
    throw CorruptError(disk_->directory() + "/" + tail_.file, offset, tail_.next_seq, what);
}

}  // namespace taskbbs::journal
