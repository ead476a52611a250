// Copy, read back, and only then say so.
#include "broker/backup_job.hpp"

#include "broker/backup_note.hpp"
#include "broker/journal/end_mark.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/replay.hpp"
#include "broker/journal/starting_point.hpp"
#include "broker/journal/truncate.hpp"
#include "broker/recover.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <stdexcept>

namespace taskbbs::broker {

namespace {

using journal::Disk;
using journal::Seq;

// What a restart would find.
struct Found {
    journal::Tail tail;
    Seq snapshot = 0;
    std::uint64_t tasks = 0;
    std::uint64_t segments = 0;
};

// Older segments than those that a restart needs hold as well: replay offers them.
void check_older(Disk& disk, const std::vector<Seq>& segments, Seq needed_from) {
    if (segments.front() >= needed_from) {
        return;
    }
    const journal::Visitor nobody;
    journal::Replay all(disk, journal::starting_at(disk, segments.front()), nobody);
    all.run(segments);
}

Found read_back(Disk& disk, const core::Settings& settings) {
    const std::vector<std::string> names = disk.list();
    const std::vector<Seq> segments = journal::segments_of(names);
    const std::vector<Seq> snapshots = journal::snapshots_of(names);
    if (segments.empty()) {
        throw std::runtime_error(fmt::format("{}: there is no journal here", disk.directory()));
    }
    std::optional<Fold> fold;
    const journal::Visitor visitor = visitor_of(fold, settings, disk.directory());
    visitor.on_begin();
    journal::StartingPoint from;
    if (!snapshots.empty()) {
        const std::string name = journal::snapshot_name(snapshots.back());
        from = journal::starting_behind(journal::load_snapshot(disk, name, visitor));
    }
    journal::Replay replay(disk, from, visitor);
    replay.run(segments);
    check_older(disk, segments, from.next_seq);
    return {.tail = replay.tail(),
            .snapshot = from.next_seq - 1,
            .tasks = fold->board().tasks().size(),
            .segments = segments.size()};
}

Backup backup_of(const Found& found, std::uint64_t bytes) {
    return {.seq = found.tail.next_seq - 1,
            .snapshot = found.snapshot,
            .tasks = found.tasks,
            .segments = found.segments,
            .bytes = bytes,
            .log = journal::to_hex(found.tail.segment.log)};
}

std::unique_ptr<journal::File> lock_directory(Disk& disk) {
    auto lock = disk.lock(std::string(journal::lock_name));
    if (!lock) {
        throw journal::LockedError(disk.directory());
    }
    return lock;
}

bool is_backup(Disk& disk) {
    const std::vector<std::string> names = disk.list();
    return std::ranges::find(names, journal::backup_note_name) != names.end();
}

void write_note(Disk& disk, std::string_view text) {
    const auto file = disk.create(std::string(journal::backup_note_name));
    file->write_at(0, text);
    file->sync();
    disk.sync_directory();
}

std::string claims_in(Disk& backup) {
    const auto file = backup.open_to_read(std::string(journal::backup_note_name));
    std::string note(static_cast<std::size_t>(file->size()), '\0');
    note.resize(file->read_at(0, note));
    auto claims = claims_of(note);
    if (!claims) {
        throw BackupError(backup.directory(),
                          fmt::format("its {} is damaged", journal::backup_note_name));
    }
    return *std::move(claims);
}

// The copy ends where the backup did: what reads as zeroes since is found out too.
void check_complete(Disk& from, Disk& to, const journal::Tail& tail, journal::File& mark) {
    if (journal::read_end_mark(mark) == journal::end_mark_of(tail)) {
        return;
    }
    throw journal::CorruptError(
        from.directory() + "/" + tail.file,
        tail.offset,
        tail.next_seq,
        fmt::format("as copied to {}, it does not end where its LOCK says that the backup ended",
                    to.directory()));
}

Backup copy_and_prove(Disk& from,
                      Disk& to,
                      const core::Settings& settings,
                      const BackupOptions& options,
                      const std::vector<Seq>& passed_over) {
    const journal::OpenHistory history = journal::open_history(from, options.reach, passed_over);
    journal::copy_growing(history, from, to);
    const Found found = read_back(to, settings);
    journal::check_end_mark(from, history.mark, found.tail);
    Backup backup = backup_of(found, history.bytes());
    const auto mark = to.create(std::string(journal::lock_name));
    journal::write_end_mark(*mark, journal::end_mark_of(found.tail));
    write_note(to, backup_note(options.now, options.writer, backup.text()));
    return backup;
}

// What was found in the copy, which does not stay.
journal::CorruptError in_source(const journal::CorruptError& error, Disk& from) {
    return {from.directory() + "/" + error.name(),
            error.offset(),
            error.seq(),
            error.finding(),
            fmt::format("No backup was made. Whether that is damaged or its copy alone, and what "
                        "to do: taskbbsd journal verify --journal.dir {}",
                        from.directory())};
}

bool has_older_start(Disk& from, Seq snapshot) {
    const std::vector<std::string> names = from.list();
    const auto is_older = [snapshot](Seq other) { return other < snapshot; };
    return std::ranges::any_of(journal::snapshots_of(names), is_older) ||
           std::ranges::count(journal::segments_of(names), 1) > 0;
}

// But for what the root of a file system has.
std::vector<std::string> contents_of(Disk& disk) {
    std::vector<std::string> names = disk.list();
    std::erase(names, "lost+found");
    return names;
}

void remove_all(Disk& disk) {
    for (const std::string& name : contents_of(disk)) {
        disk.remove(name);
    }
    disk.sync_directory();
}

// Its note came last: what is not there now was lost since.
void check_files(Disk& from) {
    const std::vector<std::string> names = from.list();
    const bool has_mark = std::ranges::find(names, journal::lock_name) != names.end();
    if (!has_mark || journal::segments_of(names).empty()) {
        throw BackupError(from.directory(), has_mark ? "it has no segment" : "its LOCK is missing");
    }
}

// To continue it, the last segment is there three times for a moment, besides the first new one.
std::uint64_t room_to_restore(const journal::OpenHistory& history,
                              const journal::Settings& journal) {
    return history.bytes() + 2 * history.files.back().bytes +
           journal::usable_segment_bytes(journal.segment_bytes);
}

// Copies the backup, and proves that the copy is the whole of it.
Backup copy_back(Disk& from,
                 Disk& to,
                 const core::Settings& settings,
                 const journal::Settings& journal) {
    const std::string claims = claims_in(from);
    check_files(from);
    const journal::OpenHistory history = journal::open_history(from, journal::Reach::history);
    journal::check_room(to, room_to_restore(history, journal));
    write_note(to, "A restore that did not come to its end. Empty this directory, and restore.\n");
    journal::copy_still(history, to);
    const Found found = read_back(to, settings);
    check_complete(from, to, found.tail, *from.open_to_read(std::string(journal::lock_name)));
    Backup copied = backup_of(found, history.bytes());
    if (copied.text() != claims) {
        throw BackupError(from.directory(),
                          fmt::format("its {} tells of {}, and what is there is {}",
                                      journal::backup_note_name,
                                      claims,
                                      copied.text()));
    }
    return copied;
}

// What is wrong with the copy is wrong with the backup, and nothing of the copy stays.
Backup copy_back_or_throw(Disk& from,
                          Disk& to,
                          const core::Settings& settings,
                          const journal::Settings& journal) {
    try {
        return copy_back(from, to, settings, journal);
    } catch (const journal::CorruptError& error) {
        throw BackupError(from.directory(),
                          fmt::format("{} is damaged at offset {}, where event {} is expected",
                                      error.name(),
                                      error.offset(),
                                      error.seq()));
    } catch (const journal::MissingError& error) {
        throw BackupError(from.directory(), error.what());
    }
}

// The history goes on behind event `last` under another log. Returns that.
std::string continue_anew(Disk& disk,
                          journal::File& lock,
                          const journal::Settings& settings,
                          Seq last,
                          const std::string& writer) {
    const journal::Truncated begun = journal::end_history(disk, lock, settings, last, writer);
    for (const std::string& copy : begun.kept) {
        disk.remove(copy);
    }
    disk.sync_directory();
    return begun.log;
}

}  // namespace

BackupError::BackupError(const std::string& directory, std::string_view what)
    : std::runtime_error(fmt::format(
          "the backup in {} does not hold: {}. Nothing was restored: take an older backup",
          directory,
          what)) {}

std::string Backup::text() const {
    return fmt::format("seq={} tasks={} snapshot={} segments={} bytes={} log={}",
                       seq,
                       tasks,
                       snapshot,
                       segments,
                       bytes,
                       log);
}

void check_source(Disk& from) {
    if (is_backup(from)) {
        throw std::runtime_error(
            fmt::format("{} is a backup itself: copy its files", from.directory()));
    }
    if (journal::segments_of(from.list()).empty()) {
        throw std::runtime_error(fmt::format(
            "{}: there is no journal here; --from is the broker's journal.dir", from.directory()));
    }
}

Backup take_backup(Disk& from,
                   Disk& to,
                   const core::Settings& settings,
                   const BackupOptions& options) {
    check_source(from);
    std::vector<Seq> passed_over;
    for (;;) {
        try {
            return copy_and_prove(from, to, settings, options, passed_over);
        } catch (const journal::CorruptError& error) {
            const auto snapshot = journal::parse_snapshot_name(error.name());
            if (!snapshot || !has_older_start(from, *snapshot)) {
                throw in_source(error, from);
            }
            passed_over.push_back(*snapshot);
            journal::say(options.report,
                         fmt::format("a snapshot is passed over: {}. The backup begins with what "
                                     "is older, as a start does",
                                     in_source(error, from).damage()));
            remove_unfinished_backup(to);
        }
    }
}

Backup restore_backup(Disk& from,
                      Disk& to,
                      const core::Settings& settings,
                      const journal::Settings& journal,
                      const std::string& writer) {
    if (!is_backup(from)) {
        throw std::runtime_error(fmt::format(
            "{} is no backup: it holds no {}", from.directory(), journal::backup_note_name));
    }
    if (!contents_of(to).empty()) {
        throw std::runtime_error(fmt::format(
            "{} is not empty: move what is in it away first (a state directory that is to be "
            "replaced: mv it, with the broker stopped)",
            to.directory()));
    }
    const auto lock = lock_directory(to);
    try {
        Backup restored = copy_back_or_throw(from, to, settings, journal);
        restored.log = continue_anew(to, *lock, journal, restored.seq, writer);
        to.remove(std::string(journal::backup_note_name));
        to.sync_directory();
        return restored;
    } catch (const std::runtime_error&) {
        remove_all(to);
        throw;
    }
}

void remove_unfinished_backup(Disk& disk) {
    for (const std::string& name : disk.list()) {
        const bool ours = journal::parse_segment_name(name) || journal::parse_snapshot_name(name) ||
                          name == journal::backup_note_name;
        if (ours) {
            disk.remove(name);
        }
    }
}

}  // namespace taskbbs::broker
