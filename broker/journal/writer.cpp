// Where the next batch goes, when a segment is full, and what a failure means.
#include "broker/journal/writer.hpp"

#include "broker/journal/empty_batch.hpp"
#include "broker/journal/end_mark.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/require.hpp"
#include "broker/journal/segment_file.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::journal {

namespace {

constexpr std::chrono::seconds mark_interval{1};

}  // namespace

Writer::Writer(
    Disk& disk, Reserve& reserve, Spares& spares, const Settings& settings, Recovered recovered)
    : disk_(&disk),
      reserve_(&reserve),
      spares_(&spares),
      sync_(settings.sync),
      segment_bytes_(usable_segment_bytes(settings.segment_bytes)),
      writer_(std::move(recovered.writer)),
      lock_(std::move(recovered.lock)),
      tail_(std::move(recovered.tail)),
      file_(disk.open_to_write(tail_.file)),
      marked_at_(std::max(tail_.last_time, tail_.segment.created_at)) {}

template <typename Work>
void Writer::unless_dead(Work work) {
    if (dead_) throw JournalError(*dead_);
    try {
        work();
    } catch (const JournalError& error) {
        dead_ = error;
        throw;
    }
}

void Writer::commit(Batch& batch) {
    require(batch.first_seq() == tail_.next_seq, "a batch begins where the last one ended");
    require((batch.flags() & sealed) == 0, "only the writer seals");
    unless_dead([&] {
        if (!fits(batch)) turn(batch.padded_bytes(), batch.time());
        write(batch);
        if (batch.empty() || batch.time() - marked_at_ >= mark_interval) {
            mark_end(EndMark::Kind::reached);
            marked_at_ = batch.time();
        }
    });
}

bool Writer::fits(const Batch& batch) const {
    return fits(batch.padded_bytes());
}

// One block always stays free for the seal.
bool Writer::fits(std::uint64_t padded_bytes) const {
    const bool first = tail_.offset == segment_header_bytes;
    return tail_.offset + padded_bytes + block_bytes <= tail_.segment.bytes &&
           (first || padded_bytes <= max_following_batch(tail_.segment.bytes));
}

void Writer::write(Batch& batch) {
    char* const bytes = batch.padded();
    const std::size_t size = batch.padded_bytes();
    BatchHeader header;
    header.mark = tail_.segment.mark;
    header.body_bytes = static_cast<std::uint32_t>(batch.body().size());
    header.count = batch.count();
    header.flags = batch.flags();
    header.time = batch.time();
    header.first_seq = batch.first_seq();
    header.durable_seq = tail_.next_seq - 1;
    header.run_began = batch.run_began();
    header.digest = batch.digest();
    put_batch_header(header, tail_.chain, bytes);

    file_->write_at(tail_.offset, {bytes, size});
    sync(*file_);

    tail_.offset += size;
    tail_.next_seq += batch.count();
    tail_.chain = header.chain;
    tail_.last_time = batch.time();
    tail_.digest = batch.digest();
    tail_.confirmed = batch.empty();
    counters_.bytes += size;
    counters_.filled = counters_.sealed + tail_.offset;
    spares_->note_filled(tail_.offset);
    ++counters_.batches;
}

// A segment that holds no event has the name that its successor would get. It is replaced by it:
// the chain goes on from where that one began, as if its empty batches had never been.
void Writer::turn(std::uint64_t padded_bytes, protocol::Time now) {
    const bool replaced = tail_.segment.first_seq == tail_.next_seq;
    SegmentHeader header = tail_.segment;
    header.first_seq = tail_.next_seq;
    header.chain = replaced ? tail_.segment.chain : tail_.chain;
    header.created_at = now;
    header.writer = writer_;
    // A batch that is larger than a segment gets one of its own size, with room to confirm and seal
    // it.
    header.bytes = std::max(segment_bytes_, segment_header_bytes + padded_bytes + 2 * block_bytes);

    if (replaced) erase_end_mark(*lock_);
    std::unique_ptr<File> next = make_segment(header);
    if (!replaced) {
        seal(*file_);
        counters_.sealed += tail_.segment.bytes;
    }
    counters_.bytes += segment_header_bytes + (replaced ? 0 : block_bytes);
    file_ = std::move(next);
    tail_.file = segment_name(header.first_seq);
    tail_.offset = segment_header_bytes;
    tail_.chain = header.chain;
    tail_.segment = std::move(header);
}

std::unique_ptr<File> Writer::make_segment(const SegmentHeader& header) {
    if (header.bytes == segment_bytes_) {
        if (const std::optional<std::string> spare = spares_->take()) {
            std::unique_ptr<File> file = disk_->open_to_write(*spare);
            publish_segment(*disk_, *file, *spare, header);
            ++counters_.syncs;
            return file;
        }
    }
    const std::string name = temporary_name(segment_name(header.first_seq));
    std::unique_ptr<File> file = create_zeroed(*disk_, *reserve_, name, header.bytes);
    publish_segment(*disk_, *file, name, header);
    ++counters_.syncs;
    if (!reserve_->whole()) spares_->look_again();
    return file;
}

void Writer::seal(File& file) {
    const EmptyBatch last{.mark = tail_.segment.mark,
                          .flags = sealed,
                          .time = tail_.last_time,
                          .next_seq = tail_.next_seq,
                          .previous = tail_.chain,
                          .digest = tail_.digest};
    file.write_at(tail_.offset, encode_empty_batch(last));
    sync(file);
}

void Writer::mark_end(EndMark::Kind kind) {
    // Without syncs a mark might reach the disk before what it speaks of.
    if (kind == EndMark::Kind::reached && sync_ == Sync::never) return;
    write_end_mark(*lock_,
                   {.kind = kind,
                    .uuid = tail_.segment.uuid,
                    .segment = tail_.segment.first_seq,
                    .offset = tail_.offset,
                    .chain = tail_.chain});
}

void Writer::sync(File& file) {
    if (sync_ == Sync::never) return;
    file.sync_data();
    ++counters_.syncs;
}

void Writer::close() {
    unless_dead([&] {
        if (!tail_.confirmed) {
            Batch batch;
            batch.set_first_seq(tail_.next_seq);
            batch.set_flags(confirm);
            batch.set_time(tail_.last_time);
            batch.set_digest(tail_.digest);
            if (!fits(batch)) turn(batch.padded_bytes(), batch.time());
            write(batch);
        }
        mark_end(EndMark::Kind::stopped);
    });
}

}  // namespace taskbbs::journal
