// Recovery: from the files of a directory to the events that were acknowledged, in order, and the
// place where the next batch goes (docs/journal-format.md, "Recovery"). What was synced and is
// damaged is refused; what a crash tore was never acknowledged: it is cut, kept beside, and said.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/end_mark.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/format.hpp"
#include "broker/journal/report.hpp"
#include "broker/journal/settings.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::journal {

// Where replay begins: at the start, or where a snapshot ends, which is always where a segment
// begins.
struct StartingPoint {
    Seq next_seq = 1;
    std::optional<Chain> chain;  // nothing: the journal's first
    protocol::Time last_time = protocol::no_time;
    StateDigest digest;
};

struct BatchInfo {
    Seq first_seq = 0;
    std::uint32_t count = 0;
    std::uint32_t flags = no_flags;
    protocol::Time time{};
    protocol::Time run_began{};
    StateDigest digest;  // after its last record
};

// Receives what is recovered, in order: the rows of a snapshot, then each batch and its records.
// The views hold during the call. What they throw ends the recovery and passes through; each one
// may be empty.
struct Visitor {
    // All begins, again perhaps: whatever came before is void.
    std::function<void()> on_begin;
    // A row of a snapshot. False: it is none that the visitor knows, and the snapshot is passed
    // over.
    std::function<bool(std::string_view)> on_row;
    std::function<void(const BatchInfo&)> on_batch;
    std::function<void(const Record&)> on_record;
    // What the visitor made of all so far: asked behind a snapshot and behind each batch, and
    // compared with what that says where their versions are the same.
    std::function<StateDigest()> digest;
    // So many bytes more of the files were read, with so many events: after each row and each
    // batch.
    std::function<void(std::uint64_t bytes, std::uint64_t events)> on_read;
};

// Where the next batch goes.
struct Tail {
    std::string file;  // the newest segment
    SegmentHeader segment;
    std::uint64_t offset = 0;  // in it, of the next batch
    Seq next_seq = 1;
    Chain chain{};
    protocol::Time last_time{};  // of the last batch; no_time where there is none
    StateDigest digest;          // of the last batch
    bool confirmed = true;       // nothing behind the last empty batch that says so
};

struct Recovered {
    Tail tail;
    Seq snapshot = 0;                   // the last event of the one that it began with; 0: none
    std::uint64_t snapshot_bytes = 0;   // of its file
    std::uint64_t events = 0;           // replayed, behind it
    std::uint64_t segments = 0;         // read
    std::uint64_t bytes = 0;            // of the segments, up to the last batch
    std::uint64_t sealed = 0;           // bytes of the files of those that are sealed
    Seq older_snapshot = 0;             // kept beside it; 0: none
    std::vector<std::string> unneeded;  // snapshots that are older than these two
    bool fresh = false;                 // the directory was empty: a new journal was made
    bool clean_stop = false;            // the last run said that it stopped
    std::uint64_t torn_bytes = 0;       // cut; 0: nothing
    std::string torn_file;              // where they were kept
    std::string writer;                 // as in the options: what new segments are stamped with
    std::unique_ptr<File> lock;         // LOCK, held as long as it lives

    const Identity& uuid() const { return tail.segment.uuid; }

    const Identity& log() const { return tail.segment.log; }

    Seq next_seq() const { return tail.next_seq; }

    protocol::Time last_time() const { return tail.last_time; }
};

struct RecoveryOptions {
    protocol::Time now{};  // stamped on a new journal's first segment
    std::string writer;    // the program's version
    Report report;         // may be empty
    // Told as Visitor::on_read() is; may be empty.
    std::function<void(std::uint64_t bytes, std::uint64_t events)> on_read;
};

// The journal does not end before the place that `lock` says was reached, if it says so. Throws
// CorruptError.
void check_end_mark(Disk& disk, File& lock, const Tail& tail);
void check_end_mark(Disk& disk, const std::optional<EndMark>& mark, const Tail& tail);

// What LOCK says where the journal ends right there.
EndMark end_mark_of(const Tail& tail);

// What recovery is to read: the newest snapshot and the segments behind it, the one in use by its
// file's size. Throws JournalError.
std::uint64_t bytes_to_read(Disk& disk);

// Locks the directory, replays, repairs what a crash left half done. Repeating it gives the same; a
// crash within it too. Throws LockedError, CorruptError, UnsupportedError (nothing was changed), or
// JournalError; then whatever the visitor was given is to be thrown away.
Recovered recover(Disk& disk,
                  const Settings& settings,
                  const RecoveryOptions& options,
                  const Visitor& visitor);

}  // namespace taskbbs::journal
