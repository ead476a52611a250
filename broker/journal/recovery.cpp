// The order of recovery: lock, sync, replay, repair.
#include "broker/journal/recovery.hpp"

#include "broker/journal/names.hpp"
#include "broker/journal/repair.hpp"
#include "broker/journal/replay.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/segment_file.hpp"
#include "broker/journal/starting_point.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <stdexcept>
#include <utility>
#include <vector>

namespace taskbbs::journal {

namespace {

std::unique_ptr<File> lock_directory(Disk& disk) {
    std::unique_ptr<File> lock = disk.lock(std::string(lock_name));
    if (!lock) throw LockedError(disk.directory());
    return lock;
}

// A directory without segments is a new one, unless something says that there were some.
void check_new(Disk& disk, const std::vector<std::string>& files, File& lock) {
    const bool remains = std::ranges::any_of(files, [](const std::string& name) {
        return parse_index_name(name) || parse_snapshot_name(name) || parse_spare_name(name) ||
               name.find(torn_suffix) != std::string::npos;
    });
    if (!remains && !read_end_mark(lock)) return;
    throw CorruptError(
        disk.directory() + "/" + segment_name(1),
        0,
        1,
        "there is no segment at all, but there was a journal here",
        "Nothing was changed. Keep a copy of the whole directory before anything else. Then "
        "restore it from a backup; to begin a new journal, empty the directory");
}

// Its history was other clients' as well: it goes on under another name only.
void check_no_backup(Disk& disk, const std::vector<std::string>& files) {
    if (std::ranges::find(files, backup_note_name) == files.end()) return;
    throw std::runtime_error(fmt::format(
        "journal: {0} is a backup, or a restore that did not come to its end (it holds {1}). "
        "Nothing was changed. Of a backup, make a state directory: taskbbsd journal restore {0} "
        "--to STATE_DIR; after a restore that was cut short, empty the directory and restore again",
        disk.directory(),
        backup_note_name));
}

SegmentHeader new_journal(Disk& disk, std::uint64_t segment_bytes, const RecoveryOptions& options) {
    SegmentHeader header;
    disk.random(header.uuid);
    disk.random(header.log);
    std::array<char, sizeof header.mark> mark{};
    disk.random(mark);
    std::memcpy(&header.mark, mark.data(), mark.size());
    header.chain = first_chain(header.uuid, header.log);
    header.created_at = options.now;
    header.bytes = segment_bytes;
    header.writer = options.writer;
    return header;
}

Recovered begin_journal(Disk& disk,
                        Reserve& reserve,
                        std::uint64_t segment_bytes,
                        const RecoveryOptions& options) {
    Recovered made;
    made.fresh = true;
    made.segments = 1;
    made.bytes = segment_header_bytes;
    made.tail.segment = new_journal(disk, segment_bytes, options);
    made.tail.chain = made.tail.segment.chain;
    made.tail.file = segment_name(made.tail.segment.first_seq);
    made.tail.offset = segment_header_bytes;
    const std::string temporary = temporary_name(made.tail.file);
    const std::unique_ptr<File> file = create_zeroed(disk, reserve, temporary, segment_bytes);
    publish_segment(disk, *file, temporary, made.tail.segment);
    return made;
}

// What the last process wrote and did not sync is durable before it is believed; so is a backup
// that was copied back.
void sync_before_reading(Disk& disk,
                         const std::vector<Seq>& segments,
                         const std::vector<Seq>& snapshots) {
    for (const Seq seq : snapshots)
        disk.open_to_read(snapshot_name(seq))->sync_data();
    for (const Seq first_seq : segments)
        disk.open_to_read(segment_name(first_seq))->sync_data();
    disk.sync_directory();
}

bool stopped_cleanly(File& lock, const Tail& tail) {
    return read_end_mark(lock) == end_mark_of(tail);
}

// Behind a last segment without a batch the seal before it may be missing, or not be on the disk;
// it is durable before that batch comes.
void mend_seal(Disk& disk, const Replay& replay, bool clean_stop) {
    if (!replay.last_seal() || !replay.last_is_empty()) return;
    if (!clean_stop || !replay.last_seal()->found) {
        write_seal(disk, *replay.last_seal(), replay.tail());
    }
}

void mend_last_segment(Disk& disk, Reserve& reserve, const Replay& replay, Recovered& recovered) {
    const Tail& tail = recovered.tail;
    if (replay.data_end() > tail.offset) {
        recovered.torn_bytes = replay.data_end() - tail.offset;
        recovered.torn_file = keep_torn(disk, reserve, tail.file, tail.offset, replay.data_end());
    }
    copy_valid_part(disk, reserve, tail);
}

// A process that was killed may have left more than two.
void note_older(const std::vector<Seq>& snapshots, Recovered& recovered) {
    for (const Seq seq : snapshots) {
        if (seq >= recovered.snapshot) continue;
        if (recovered.older_snapshot > 0) {
            recovered.unneeded.push_back(snapshot_name(recovered.older_snapshot));
        }
        recovered.older_snapshot = seq;
    }
}

void remove_temporaries(Disk& disk, const std::vector<std::string>& files) {
    for (const std::string& name : files) {
        if (is_temporary(name)) disk.remove(name);
    }
}

Recovered finish(Disk& disk, Reserve& reserve, const Replay& replay, File& lock) {
    check_end_mark(disk, lock, replay.tail());
    Recovered recovered;
    recovered.tail = replay.tail();
    recovered.events = replay.events();
    recovered.segments = replay.segments();
    recovered.bytes = replay.bytes();
    recovered.sealed = replay.sealed_bytes();
    recovered.clean_stop =
        replay.data_end() == recovered.tail.offset && stopped_cleanly(lock, recovered.tail);
    mend_seal(disk, replay, recovered.clean_stop);
    if (!recovered.clean_stop) mend_last_segment(disk, reserve, replay, recovered);
    return recovered;
}

void report_on(const Recovered& recovered, const Report& report) {
    if (recovered.torn_bytes == 0) return;
    say(report,
        fmt::format(
            "a write was torn by the last stop and never acknowledged: {} bytes behind event {} "
            "were cut from {} and kept in {}",
            recovered.torn_bytes,
            recovered.tail.next_seq - 1,
            recovered.tail.file,
            recovered.torn_file));
}

}  // namespace

EndMark end_mark_of(const Tail& tail) {
    return {.uuid = tail.segment.uuid,
            .segment = tail.segment.first_seq,
            .offset = tail.offset,
            .chain = tail.chain};
}

void check_end_mark(Disk& disk, File& lock, const Tail& tail) {
    check_end_mark(disk, read_end_mark(lock), tail);
}

void check_end_mark(Disk& disk, const std::optional<EndMark>& mark, const Tail& tail) {
    if (!mark || mark->uuid != tail.segment.uuid) return;
    const std::pair said(mark->segment, mark->offset);
    if (said <= std::pair(tail.segment.first_seq, tail.offset)) return;
    throw CorruptError(
        disk.directory() + "/" + tail.file,
        tail.offset,
        tail.next_seq,
        fmt::format("everything up to offset {} of {} was synced, and what lies before that is "
                    "missing",
                    mark->offset,
                    segment_name(mark->segment)));
}

std::uint64_t bytes_to_read(Disk& disk) {
    const std::vector<std::string> files = disk.list();
    const std::vector<Seq> snapshots = snapshots_of(files);
    const Seq newest = snapshots.empty() ? 0 : snapshots.back();
    std::uint64_t bytes = 0;
    if (newest > 0) bytes += disk.open_to_read(snapshot_name(newest))->size();
    for (const Seq first_seq : segments_of(files)) {
        if (first_seq > newest) bytes += disk.open_to_read(segment_name(first_seq))->size();
    }
    return bytes;
}

Recovered recover(Disk& disk,
                  const Settings& settings,
                  const RecoveryOptions& options,
                  const Visitor& visitor) {
    std::unique_ptr<File> lock = lock_directory(disk);
    const std::vector<std::string> files = disk.list();
    check_no_backup(disk, files);
    const std::vector<Seq> segments = segments_of(files);
    const std::vector<Seq> snapshots = snapshots_of(files);
    Reserve reserve(disk, settings.reserve_file_bytes(), options.report);
    reserve.adopt();

    Recovered recovered;
    if (segments.empty()) {
        check_new(disk, files, *lock);
        const std::uint64_t bytes = usable_segment_bytes(settings.segment_bytes);
        if (visitor.on_begin) visitor.on_begin();
        recovered = begin_journal(disk, reserve, bytes, options);
    } else {
        sync_before_reading(disk, segments, snapshots);
        const SnapshotChoice choice = load_newest(disk, snapshots, segments, visitor);
        Replay replay(disk, choice.from, visitor);
        replay.run(segments);
        recovered = finish(disk, reserve, replay, *lock);
        recovered.snapshot = choice.from.next_seq - 1;
        recovered.snapshot_bytes = choice.bytes;
        set_aside(disk, choice.bad, options.report);
        note_older(snapshots, recovered);
        report_on(recovered, options.report);
    }
    remove_temporaries(disk, files);
    recovered.writer = options.writer;
    recovered.lock = std::move(lock);
    return recovered;
}

}  // namespace taskbbs::journal
