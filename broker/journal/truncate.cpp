// The segment that holds the last event is written anew up to it and sealed; an empty one of a new
// history follows. Both are ready, durably, before anything is put aside.
#include "broker/journal/truncate.hpp"

#include "broker/journal/batch_reader.hpp"
#include "broker/journal/empty_batch.hpp"
#include "broker/journal/end_mark.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/require.hpp"
#include "broker/journal/segment_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <stdexcept>

namespace taskbbs::journal {

namespace {

constexpr std::string_view cut_suffix = ".cut";

// A segment up to an event, as bytes, and what follows on it.
struct Head {
    SegmentHeader segment;
    std::string bytes;  // header and batches
    Chain chain{};
    protocol::Time last_time = protocol::no_time;
    Seq next_seq = 1;
};

class HeadReader {
  public:
    HeadReader(Disk& disk, Seq first_seq)
        : directory_(disk.directory()),
          name_(segment_name(first_seq)),
          file_(disk.open_to_read(name_)) {
        const SegmentHeaderRead read = read_segment_header(*file_);
        if (!read.damage.empty()) refuse(0, first_seq, read.damage);
        if (!read.unsupported.empty()) throw UnsupportedError(name_, read.unsupported);
        head_.segment = read.header;
        head_.bytes.resize(segment_header_bytes);
        put_segment_header(head_.segment, head_.bytes.data());
        head_.chain = head_.segment.chain;
        head_.next_seq = head_.segment.first_seq;
    }

    Head up_to(Seq last) {
        BatchReader reader(*file_, head_.segment);
        while (head_.next_seq <= last) {
            const std::optional<ReadBatch> batch = reader.read(head_.bytes.size());
            if (!batch || !follows(*batch)) {
                refuse(head_.bytes.size(),
                       head_.next_seq,
                       fmt::format("the events up to {} are whole: truncate at that one",
                                   head_.next_seq - 1));
            }
            if (last - batch->header.first_seq + 1 < batch->header.count) {
                take_part(*batch, last);
            } else {
                take_whole(*batch, reader);
            }
        }
        return std::move(head_);
    }

  private:
    bool follows(const ReadBatch& batch) const {
        return batch.header.first_seq == head_.next_seq &&
               chain_of(batch.header, head_.chain, batch.body) == batch.header.chain &&
               (batch.header.flags & sealed) == 0;
    }

    void take_whole(const ReadBatch& batch, BatchReader& reader) {
        const auto bytes = static_cast<std::size_t>(batch.header.padded_bytes());
        const BatchHeader header = batch.header;
        head_.bytes += reader.window().view(batch.offset, bytes);
        head_.chain = header.chain;
        head_.last_time = header.time;
        head_.next_seq += header.count;
    }

    // The same batch with fewer records. What the state was between them nobody wrote down.
    void take_part(const ReadBatch& whole, Seq last) {
        Batch part;
        part.set_first_seq(whole.header.first_seq);
        part.set_time(whole.header.time);
        RecordCursor records = whole.records();
        for (std::optional<Record> record = records.next(); record && record->seq <= last;
             record = records.next()) {
            part.append(record->tags, record->body, record->rest);
        }
        require(part.last_seq() == last, "the batch holds the event");
        BatchHeader header = whole.header;
        header.body_bytes = static_cast<std::uint32_t>(part.body().size());
        header.count = part.count();
        header.digest = {};
        char* const bytes = part.padded();
        put_batch_header(header, head_.chain, bytes);
        head_.bytes.append(bytes, part.padded_bytes());
        head_.chain = header.chain;
        head_.last_time = header.time;
        head_.next_seq = last + 1;
    }

    [[noreturn]] void refuse(std::uint64_t offset, Seq seq, const std::string& what) const {
        throw CorruptError(directory_ + "/" + name_, offset, seq, what);
    }

    std::string directory_;
    std::string name_;
    std::unique_ptr<File> file_;
    Head head_;
};

std::string read_all(Disk& disk, const std::string& name) {
    const std::unique_ptr<File> file = disk.open_to_read(name);
    std::string bytes(static_cast<std::size_t>(file->size()), '\0');
    bytes.resize(file->read_at(0, bytes));
    return bytes;
}

void write_durably(Disk& disk, const std::string& name, std::string_view bytes) {
    const std::unique_ptr<File> file = disk.create(name);
    file->write_at(0, bytes);
    file->sync();
}

std::string with_seal(const Head& head) {
    std::string bytes = head.bytes;
    bytes += encode_empty_batch({.mark = head.segment.mark,
                                 .flags = sealed,
                                 .time = head.last_time,
                                 .next_seq = head.next_seq,
                                 .previous = head.chain});
    bytes.resize(std::max<std::size_t>(bytes.size(), head.segment.bytes), '\0');
    return bytes;
}

// The first segment of the new history.
std::string beginning(Disk& disk, const Head& head, std::uint64_t bytes, SegmentHeader& header) {
    header = head.segment;
    disk.random(header.log);
    header.first_seq = head.next_seq;
    header.chain = head.next_seq == 1 ? first_chain(header.uuid, header.log) : head.chain;
    header.bytes = bytes;
    std::string file(static_cast<std::size_t>(bytes), '\0');
    put_segment_header(header, file.data());
    return file;
}

// Whatever tells of events behind `last`, the newest first; indexes are made again.
std::vector<std::string> put_aside(Disk& disk, Seq last) {
    std::vector<std::string> files = disk.list();
    std::ranges::sort(files, std::greater<>());
    std::vector<std::string> kept;
    for (const std::string& name : files) {
        const std::optional<Seq> segment = parse_segment_name(name);
        const std::optional<Seq> snapshot = parse_snapshot_name(name);
        if (parse_index_name(name)) {
            disk.remove(name);
        } else if ((segment && *segment > last) || (snapshot && *snapshot > last)) {
            kept.push_back(name + std::string(cut_suffix));
            disk.rename(name, kept.back());
        }
    }
    disk.sync_directory();
    return kept;
}

// The last segment that begins at or before `last`; the first one of all where none does.
Seq holder_of(const std::vector<Seq>& segments, Seq last) {
    if (segments.empty()) throw std::invalid_argument("there is no journal in this directory");
    const auto behind = std::ranges::upper_bound(segments, last);
    if (behind == segments.begin() && segments.front() != last + 1) {
        throw std::invalid_argument(fmt::format(
            "event {} is not in the journal any more: the oldest is {}", last, segments.front()));
    }
    return behind == segments.begin() ? segments.front() : *std::prev(behind);
}

}  // namespace

Truncated truncate_history(Disk& disk,
                           const Settings& settings,
                           Seq last,
                           const std::string& writer) {
    const std::unique_ptr<File> lock = disk.lock(std::string(lock_name));
    if (!lock) throw LockedError(disk.directory());
    return end_history(disk, *lock, settings, last, writer);
}

Truncated end_history(
    Disk& disk, File& lock, const Settings& settings, Seq last, const std::string& writer) {
    const Seq first_seq = holder_of(segments_of(disk.list()), last);
    Head head = HeadReader(disk, first_seq).up_to(last);
    head.segment.writer = writer;

    erase_end_mark(lock);
    const std::string old_name = segment_name(first_seq);
    const std::string new_name = segment_name(head.next_seq);
    SegmentHeader header;
    const std::string begins =
        beginning(disk, head, usable_segment_bytes(settings.segment_bytes), header);
    write_durably(disk, temporary_name(new_name), begins);
    const bool has_events = head.next_seq > first_seq;
    const std::string cut = old_name + std::string(cut_suffix);
    const std::string sealed_head = temporary_name(old_name);
    if (has_events) {
        write_durably(disk, cut, read_all(disk, old_name));
        write_durably(disk, sealed_head, with_seal(head));
    }
    Truncated truncated{.last = last, .kept = put_aside(disk, last), .log = to_hex(header.log)};
    if (has_events) {
        truncated.kept.push_back(cut);
        disk.rename(sealed_head, old_name);
    }
    disk.rename(temporary_name(new_name), new_name);
    disk.sync_directory();
    return truncated;
}

}  // namespace taskbbs::journal
