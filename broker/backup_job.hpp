// Backup and restore as functions over two disks (docs/backup.md): what is copied is read back as a
// restart would read it, state by state, before it counts as a backup or as a state directory.
#pragma once

#include "broker/core/settings.hpp"
#include "broker/journal/backup.hpp"
#include "broker/journal/report.hpp"
#include "broker/journal/settings.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace taskbbs::broker {

// A backup does not hold: it is damaged, or files of it are missing (exit code 75). what() is one
// line that says which, and to take an older one.
class BackupError : public std::runtime_error {
  public:
    BackupError(const std::string& directory, std::string_view what);
};

struct Backup {
    journal::Seq seq = 0;       // the last event in it
    journal::Seq snapshot = 0;  // of the snapshot that it begins with; 0: none
    std::uint64_t tasks = 0;
    std::uint64_t segments = 0;
    std::uint64_t bytes = 0;
    std::string log;  // of the history, in hex

    // "seq=1 tasks=2 ...": how people are told.
    std::string text() const;
};

struct BackupOptions {
    journal::Reach reach = journal::Reach::snapshot;
    protocol::Time now{};  // for people
    std::string writer;    // the program's version
    journal::Report report{};
};

// Throws std::runtime_error where `from` is a backup itself, or there is no journal.
void check_source(journal::Disk& from);

// Copies the history of `from`, whose BACKUP the caller holds, into `to`, which is empty but for
// the LOCK that the caller may hold.
// Durable when it returns, but for the name of the directory. It begins with the newest snapshot
// that holds, or with the first event; those that do not are reported. Throws CorruptError, naming
// a file of `from`, UnsupportedError, JournalError, or what check_source() does; then `to` holds no
// backup.
Backup take_backup(journal::Disk& from,
                   journal::Disk& to,
                   const core::Settings& settings,
                   const BackupOptions& options);

// Makes a state directory of `to`, which is empty, from the backup in `from`: the same events, and
// another `log` from there on, which is told in the result. Throws BackupError, UnsupportedError,
// JournalError, LockedError, and std::runtime_error where `from` is no backup or `to` is not empty;
// then nothing is left in `to`. Until it has come to its end, no broker begins to serve there.
Backup restore_backup(journal::Disk& from,
                      journal::Disk& to,
                      const core::Settings& settings,
                      const journal::Settings& journal,
                      const std::string& writer);

// Removes the files of a backup that did not come to its end, but for LOCK, which its maker holds;
// others are left alone.
void remove_unfinished_backup(journal::Disk& disk);

}  // namespace taskbbs::broker
