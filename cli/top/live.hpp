// `taskbbs top` on a terminal: keys, signals, what the broker says, and the clock, until the user
// has seen enough.
#pragma once

#include "cli/connection.hpp"

namespace taskbbs::cli::top {

// Done on q, interrupted on Ctrl-C; another signal that ends a process ends this one, with the
// terminal restored. A failure is said on standard error.
Exit run_live(Connection& connection);

// The signals that run_live() takes, blocked in this thread and those that it begins, or no longer.
// They must be blocked when a thread is begun, and when run_live() is called.
void block_signals(bool on);

}  // namespace taskbbs::cli::top
