// Ending the history behind an event, where what follows is damaged: `taskbbsd journal repair`.
// What is cut is kept beside, and the history gets another name (`log`), so that clients notice.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/record.hpp"
#include "broker/journal/settings.hpp"

#include <string>
#include <vector>

namespace taskbbs::journal {

struct Truncated {
    Seq last = 0;                   // the last event that is left
    std::vector<std::string> kept;  // what was cut, by file
    std::string log;                // the history's new name, in hex
};

// Locks the directory. Repeating it gives the same, a crash within it leaves what the next call
// ends. Throws LockedError; CorruptError where the events up to `last` are not whole, naming the
// last one before the damage; std::invalid_argument where `last` is not in the journal;
// JournalError.
Truncated truncate_history(Disk& disk,
                           const Settings& settings,
                           Seq last,
                           const std::string& writer);

// The same for who holds the directory's LOCK.
Truncated end_history(
    Disk& disk, File& lock, const Settings& settings, Seq last, const std::string& writer);

}  // namespace taskbbs::journal
