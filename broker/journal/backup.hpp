// Copying a history into another directory while a broker serves it (docs/journal-format.md,
// "Backup").
//
// What keeps the files while they are read: they are opened first, so that it does not matter when
// the broker removes one, and `BACKUP` is locked, so that it overwrites none. Segments that are
// sealed never change. The one in use is copied before them, batch by batch, as far as it is whole:
// so the seal of the one before it is there where it has to be.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/end_mark.hpp"
#include "broker/journal/record.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::journal {

// How far back a backup goes: to the newest snapshot, or to the oldest segment that is kept.
enum class Reach : bool { snapshot, history };

// The files of a history, open.
struct OpenFile {
    std::string name;
    std::unique_ptr<File> file;
    std::uint64_t bytes = 0;
};

struct OpenHistory {
    std::vector<OpenFile> files;  // the snapshot, if there is one, then the segments in order
    std::optional<EndMark> mark;  // it does not end before: as LOCK said once they were open

    std::uint64_t bytes() const;
};

// Beside a broker that serves, or none; the caller holds BACKUP. The snapshots `passed_over` are as
// if they were not there. Throws std::runtime_error where there is no journal, MissingError,
// JournalError.
OpenHistory open_history(Disk& disk, Reach reach, const std::vector<Seq>& passed_over = {});

// Throws JournalError, ENOSPC, which names both figures, where `to` has no room for `wanted` bytes.
void check_room(Disk& to, std::uint64_t wanted);

// Writes and syncs what `history` holds, the segment in use up to its last whole batch, under the
// same names. Throws CorruptError where that segment is damaged, JournalError: ENOSPC before
// anything is written where there is no room for all of it.
void copy_growing(const OpenHistory& history, Disk& from, Disk& to);

// The same of files that do not change. Whether there is room the caller has checked.
void copy_still(const OpenHistory& history, Disk& to);

}  // namespace taskbbs::journal
