// `taskbbsd journal backup` and `restore`: the directories around what broker/backup_job does.
#pragma once

#include "broker/daemon.hpp"
#include "broker/journal/backup.hpp"
#include "broker/options.hpp"

#include <string>

namespace taskbbs::broker {

// From journal.dir into `to`, which is absent or empty: made as `to`.partial, which gets its name
// when it is whole. Prints one line. Throws what take_backup() does; then `to` is as it was.
Exit run_backup(const Options& options, const std::string& to, journal::Reach reach);

// From `from` into journal.dir, which is absent or empty. Prints what came of it and the next step.
// Throws what restore_backup() does.
Exit run_restore(const Options& options, const std::string& from);

}  // namespace taskbbs::broker
