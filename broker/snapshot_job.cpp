// Replay, write, read back, compare; only then it gets its name.
#include "broker/snapshot_job.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/replay.hpp"
#include "broker/journal/snapshot_file.hpp"
#include "broker/journal/starting_point.hpp"
#include "broker/recover.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace taskbbs::broker {

namespace {

using journal::Disk;
using journal::SnapshotHeader;
using journal::SnapshotWriter;

SnapshotHeader header_of(const journal::Tail& tail, const std::string& writer) {
    return {.uuid = tail.segment.uuid,
            .log = tail.segment.log,
            .seq = tail.next_seq - 1,
            .chain = tail.chain,
            .digest = tail.digest,
            .last_time = tail.last_time,
            .writer = writer};
}

SnapshotHeader write(Disk& disk, const SnapshotHeader& header, const core::Board& board) {
    SnapshotWriter writer(disk, header);
    core::write_rows(board, [&](std::string_view row) { writer.add(row); });
    writer.finish();
    return writer.header();
}

// What the file comes to, read as recovery would read it.
std::optional<core::Digest> digest_in(Disk& disk, const std::string& name) {
    journal::SnapshotReader reader(disk, name);
    core::RowDigest digest;
    while (const auto row = reader.next()) {
        if (!digest.take(*row)) {
            return std::nullopt;
        }
    }
    return digest.result();
}

void check(Disk& disk, const SnapshotHeader& header, const journal::StateDigest& made) {
    const std::string name = journal::temporary_name(journal::snapshot_name(header.seq));
    const auto read = digest_in(disk, name);
    if (read == made.value && header.digest == made) {
        return;
    }
    const std::string kept = journal::snapshot_name(header.seq) + std::string(journal::bad_suffix);
    disk.rename(name, kept);
    disk.sync_directory();
    throw StateMismatch(fmt::format(
        "the state after event {} is {:016x} by the journal, {:016x} by replay, {:016x} by the "
        "snapshot, which is kept as {}",
        header.seq,
        header.digest.value,
        made.value,
        read.value_or(0),
        kept));
}

// What processes left behind that were killed: the next start may be far away.
void remove_unfinished(Disk& disk, const std::vector<std::string>& files) {
    for (const std::string& name : files) {
        const auto stem = std::string_view(name).substr(0, name.rfind('.'));
        if (journal::is_temporary(name) && journal::parse_snapshot_name(stem)) {
            disk.remove(name);
        }
    }
}

// It was there already.
std::optional<Snapshot> found(const journal::SnapshotChoice& choice,
                              const std::vector<journal::Seq>& snapshots,
                              const core::Board& board) {
    const journal::Seq seq = choice.from.next_seq - 1;
    if (seq == 0) {
        return std::nullopt;
    }
    const auto at = std::ranges::find(snapshots, seq);
    return Snapshot{.seq = seq,
                    .before = at == snapshots.begin() ? 0 : *std::prev(at),
                    .bytes = choice.bytes,
                    .events = 0,
                    .tasks = board.tasks().size()};
}

}  // namespace

std::optional<Snapshot> take_snapshot(Disk& disk,
                                      const core::Settings& settings,
                                      const journal::RecoveryOptions& options) {
    const std::vector<std::string> files = disk.list();
    // The broker may have given a segment its name a moment ago. The snapshot before that one, once
    // named, must not outlive a crash that the segment's name does not.
    disk.sync_directory();
    remove_unfinished(disk, files);
    const std::vector<journal::Seq> segments = journal::segments_of(files);
    const std::vector<journal::Seq> snapshots = journal::snapshots_of(files);
    std::optional<Fold> fold;
    journal::Visitor visitor = visitor_of(fold, settings, disk.directory());
    const journal::SnapshotChoice choice = journal::load_newest(disk, snapshots, segments, visitor);
    if (segments.empty() || segments.back() <= choice.from.next_seq) {
        return found(choice, snapshots, fold->board());
    }
    visitor.digest = {};  // compared at the end, with what is kept then
    journal::Replay replay(disk, choice.from, visitor);
    replay.run_sealed(segments);
    SnapshotHeader header = header_of(replay.tail(), options.writer);
    const journal::StateDigest made = fold->digest();
    // By a version with other digests: the file is compared with the board alone.
    if (header.digest.version != made.version) {
        header.digest = made;
    }
    const SnapshotHeader written = write(disk, header, fold->board());
    check(disk, header, made);
    // Otherwise the next restart would take one of them for the older one of two that hold.
    journal::set_aside(disk, choice.bad, options.report);
    journal::publish_snapshot(disk, header.seq);
    return Snapshot{.seq = header.seq,
                    .before = choice.from.next_seq - 1,
                    .bytes = written.bytes,
                    .events = replay.events(),
                    .tasks = fold->board().tasks().size()};
}

}  // namespace taskbbs::broker
