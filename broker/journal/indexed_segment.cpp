// Catches up with what became durable, then answers from the index.
#include "broker/journal/indexed_segment.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace taskbbs::journal {

namespace {

// A stream is worth finding by the index where fewer than one event in so many is in it; else
// reading everything at a stretch is faster.
constexpr std::uint64_t rare = 16;

// What is read of a record at first: most are shorter.
constexpr std::size_t first_read_bytes = 4096;

SegmentHeader header_of(Disk& disk, const std::string& name, File& file) {
    SegmentHeaderRead read = read_segment_header(file);
    const std::string& wrong = read.damage.empty() ? read.unsupported : read.damage;
    if (!wrong.empty()) throw CorruptError(disk.directory() + "/" + name, 0, 0, wrong);
    return std::move(read.header);
}

std::string read_whole(File& file) {
    std::string bytes(static_cast<std::size_t>(file.size()), '\0');
    bytes.resize(file.read_at(0, bytes));
    return bytes;
}

}  // namespace

IndexedSegment::IndexedSegment(Disk& disk, Seq first_seq, Report report)
    : disk_(&disk),
      report_(std::move(report)),
      name_(segment_name(first_seq)),
      file_(disk.open_to_read(name_)),
      header_(header_of(disk, name_, *file_)),
      reader_(*file_, header_),
      index_(first_seq) {
    load_index(first_seq);
}

void IndexedSegment::load_index(Seq first_seq) {
    std::string bytes;
    try {
        bytes = read_whole(*disk_->open_to_read(index_name(first_seq)));
    } catch (const JournalError&) {
        return;  // Missing or unreadable: it is built from the segment.
    }
    bytes_indexed_ += bytes.size();
    const std::optional<SegmentIndex::Origin> origin = SegmentIndex::read_origin(bytes);
    if (!origin || origin->uuid != header_.uuid || origin->first_seq != first_seq) return;
    const std::optional<BatchHeader> seal = reader_.header(origin->seal_offset);
    if (!seal || (seal->flags & sealed) == 0 || seal->chain != origin->seal_chain) return;
    if (std::optional<SegmentIndex> index = SegmentIndex::decode(bytes, *origin)) {
        index_ = std::move(*index);
        sealed_ = index_.next_seq() == seal->first_seq;
    }
    if (!sealed_) index_ = SegmentIndex(first_seq);
}

bool IndexedSegment::catch_up(Seq up_to, std::uint64_t budget) {
    // What was read ahead may have been written since.
    reader_.window().forget();
    const std::uint64_t end = offset_ + std::min(budget, header_.bytes);
    while (!sealed_ && index_.next_seq() <= up_to) {
        if (offset_ >= end) return false;
        const std::optional<ReadBatch> batch = reader_.read(offset_);
        if (!batch || batch->header.first_seq != index_.next_seq()) {
            refuse(offset_, "no whole batch is there");
        }
        if ((batch->header.flags & sealed) != 0) {
            index_.finish();
            sealed_ = true;
            save_index(*batch);
        } else if (!index_.add(*batch)) {
            refuse(offset_, "the batch's records can't be read");
        }
        bytes_indexed_ += batch->header.padded_bytes();
        offset_ = batch->end();
    }
    return true;
}

void IndexedSegment::save_index(const ReadBatch& seal) const {
    const std::string name = index_name(index_.first_seq());
    try {
        const std::string bytes = index_.encode({.uuid = header_.uuid,
                                                 .first_seq = index_.first_seq(),
                                                 .seal_offset = seal.offset,
                                                 .seal_chain = seal.header.chain});
        // Not synced: one that a crash tears fails its checksum and is built again.
        disk_->create(temporary_name(name))->write_at(0, bytes);
        disk_->rename(temporary_name(name), name);
    } catch (const JournalError& error) {
        say(report_,
            fmt::format("{} could not be written, replay is slower: {}", name, error.what()));
    }
}

void IndexedSegment::read(PageBuilder& page) {
    const Query& query = page.query();
    const Seq last = std::min(query.up_to, index_.next_seq() - 1);
    reader_.window().forget();
    if (query.key != 0) {
        read_some(page, index_.with_key(query.key, page.next()), last);
        return;
    }
    const auto records = static_cast<std::uint64_t>(index_.next_seq() - index_.first_seq());
    if (query.streams != 0 && index_.count_in(query.streams) * rare < records) {
        read_some(page, index_.in_streams(query.streams, page.next()), last);
        return;
    }
    read_all(page, last);
}

void IndexedSegment::read_all(PageBuilder& page, Seq last) {
    if (page.next() >= last) return;
    std::uint64_t offset = index_.batch_offset(page.next() + 1);
    while (page.next() < last && !page.ended()) {
        const std::optional<ReadBatch> batch = reader_.read(offset);
        if (!batch) refuse(offset, "a batch that was whole is damaged");
        page.count_scanned(batch->header.padded_bytes());
        offset = batch->end();
        RecordCursor records = batch->records();
        while (const std::optional<Record> record = records.next()) {
            if (record->seq <= page.next()) continue;
            if (record->seq > last || !page.offer(*record)) return;
        }
    }
}

void IndexedSegment::read_some(PageBuilder& page, const std::vector<Seq>& seqs, Seq last) {
    for (const Seq seq : seqs) {
        if (seq > last) break;
        if (page.ended() || !read_one(page, seq)) return;
    }
    page.skip_to(last);
}

bool IndexedSegment::read_one(PageBuilder& page, Seq seq) {
    const SegmentIndex::Place place = index_.place(seq);
    std::string bytes(first_read_bytes, '\0');
    bytes.resize(file_->read_at(place.offset, bytes));
    const std::size_t needed = record_bytes_at(bytes).value_or(0);
    if (needed > bytes.size() && needed <= header_.bytes - place.offset) {
        bytes.resize(needed);
        bytes.resize(file_->read_at(place.offset, bytes));
    }
    const std::string_view record_only = std::string_view(bytes).substr(0, needed);
    if (needed == 0 || needed > bytes.size() || crc32c(record_only) != place.crc) {
        refuse(place.offset, "a record that was whole is damaged");
    }
    page.count_scanned(bytes.size());
    const std::optional<Record> record = RecordCursor(seq, record_only).next();
    return record && page.offer(*record);
}

void IndexedSegment::refuse(std::uint64_t offset, const char* what) const {
    throw CorruptError(disk_->directory() + "/" + name_, offset, index_.next_seq(), what);
}

}  // namespace taskbbs::journal
