// Open all, then copy: the segment in use first.
#include "broker/journal/backup.hpp"

#include "broker/journal/batch_reader.hpp"
#include "broker/journal/copy.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/recovery.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace taskbbs::journal {

namespace {

// Between listing and opening a file may be removed, and a segment begun.
constexpr int attempts = 10;
// Sent to the disk at once: what a sync of the broker's may have to wait for.
constexpr std::uint64_t piece_bytes = 1 << 20;

OpenFile open(Disk& disk, const std::string& name) {
    OpenFile opened{.name = name, .file = disk.open_to_read(name)};
    opened.bytes = opened.file->size();
    return opened;
}

std::optional<EndMark> mark_in(Disk& disk, const std::vector<std::string>& names) {
    const std::string lock(lock_name);
    if (std::ranges::find(names, lock) == names.end()) return std::nullopt;
    return read_end_mark(*disk.open_to_read(lock));
}

// Nothing: the listing was out of date.
std::optional<OpenHistory> try_to_open(Disk& disk,
                                       Reach reach,
                                       const std::vector<Seq>& passed_over) {
    const std::vector<std::string> names = disk.list();
    std::vector<Seq> segments = segments_of(names);
    std::vector<Seq> snapshots = snapshots_of(names);
    std::erase_if(snapshots, [&](Seq seq) { return std::ranges::count(passed_over, seq) > 0; });
    if (segments.empty()) {
        throw std::runtime_error(fmt::format("{}: there is no journal here", disk.directory()));
    }
    OpenHistory history;
    if (!snapshots.empty()) {
        history.files.push_back(open(disk, snapshot_name(snapshots.back())));
        if (reach == Reach::snapshot) {
            std::erase_if(segments, [&](Seq first) { return first <= snapshots.back(); });
        }
    }
    for (const Seq first_seq : segments)
        history.files.push_back(open(disk, segment_name(first_seq)));
    history.mark = mark_in(disk, names);
    const bool has_newer =
        segments.empty() || (history.mark && history.mark->segment > segments.back());
    return has_newer ? std::nullopt : std::optional(std::move(history));
}

void copy_whole(const OpenFile& from, Disk& to) {
    const std::unique_ptr<File> copy = to.create(from.name);
    for (std::uint64_t at = 0; at < from.bytes; at += piece_bytes) {
        const std::uint64_t end = std::min(at + piece_bytes, from.bytes);
        copy_bytes(*from.file, at, end, *copy, at);
        copy->write_back(at, end - at);
    }
    copy->sync();
}

// Copies the batches from `offset` on, up to the seal or to the first one that is not whole.
// Returns where that is.
std::uint64_t copy_batches(File& from,
                           const SegmentHeader& header,
                           std::uint64_t offset,
                           File& to) {
    BatchReader reader(from, header);
    std::uint64_t sent = offset;
    while (const std::optional<ReadBatch> batch = reader.read(offset)) {
        if ((batch->header.flags & sealed) != 0) break;
        const std::uint64_t end = batch->end();
        to.write_at(offset, reader.window().view(offset, static_cast<std::size_t>(end - offset)));
        offset = end;
        if (offset - sent >= piece_bytes) {
            to.write_back(sent, offset - sent);
            sent = offset;
        }
    }
    return offset;
}

// A batch begins somewhere behind `offset`, where none is whole. A seal ends the segment.
bool has_batch_behind(File& from, const SegmentHeader& header, std::uint64_t offset) {
    BatchReader reader(from, header);
    for (std::uint64_t at = offset + block_bytes; at < header.bytes; at += block_bytes) {
        if (reader.header(at)) return true;
    }
    return false;
}

// A batch behind one that was not whole was written when that one was durable: so it is whole by
// now, unless it is damaged.
void copy_in_use(const OpenFile& from, Disk& disk, Disk& to) {
    const SegmentHeaderRead read = read_segment_header(*from.file);
    const auto refuse = [&](std::uint64_t offset, const std::string& what) {
        const Seq seq = parse_segment_name(from.name).value_or(0);
        throw CorruptError(disk.directory() + "/" + from.name, offset, seq, what);
    };
    if (!read.unsupported.empty()) throw UnsupportedError(from.name, read.unsupported);
    if (!read.damage.empty()) refuse(0, read.damage);
    if (read.header.bytes != from.bytes) refuse(0, "the file's size is not what its header says");
    const std::unique_ptr<File> copy = to.create(from.name);
    copy_bytes(*from.file, 0, segment_header_bytes, *copy);
    std::uint64_t end = copy_batches(*from.file, read.header, segment_header_bytes, *copy);
    while (has_batch_behind(*from.file, read.header, end)) {
        const std::uint64_t further = copy_batches(*from.file, read.header, end, *copy);
        if (further == end) refuse(end, "the batch there is damaged, and others are behind it");
        end = further;
    }
    copy->truncate(from.bytes);
    copy->sync();
}

}  // namespace

std::uint64_t OpenHistory::bytes() const {
    return std::accumulate(
        files.begin(), files.end(), std::uint64_t{0}, [](std::uint64_t sum, const OpenFile& one) {
            return sum + one.bytes;
        });
}

OpenHistory open_history(Disk& disk, Reach reach, const std::vector<Seq>& passed_over) {
    for (int attempt = 0; attempt < attempts; ++attempt) {
        try {
            if (std::optional<OpenHistory> history = try_to_open(disk, reach, passed_over)) {
                return *std::move(history);
            }
        } catch (const JournalError& error) {
            if (error.code() != ENOENT || attempt + 1 == attempts) throw;
        }
    }
    throw MissingError(
        fmt::format("{}: segments are missing: the newest snapshot is newer than all, or LOCK "
                    "tells of one that "
                    "is not there (taskbbsd journal verify says more)",
                    disk.directory()));
}

void check_room(Disk& to, std::uint64_t wanted) {
    const std::uint64_t free = to.free_bytes();
    if (free >= wanted) return;
    throw JournalError(ENOSPC,
                       "copy to",
                       to.directory(),
                       fmt::format("it takes {} bytes, {} are free", wanted, free));
}

void copy_growing(const OpenHistory& history, Disk& from, Disk& to) {
    check_room(to, history.bytes());
    copy_in_use(history.files.back(), from, to);
    for (std::size_t i = 0; i + 1 < history.files.size(); ++i)
        copy_whole(history.files[i], to);
    to.sync_directory();
}

void copy_still(const OpenHistory& history, Disk& to) {
    for (const OpenFile& file : history.files)
        copy_whole(file, to);
    to.sync_directory();
}

}  // namespace taskbbs::journal
