// Cancelling and resolving what --domain, --state and --older-than find.
#pragma once

#include "cli/exit_code.hpp"

namespace taskbbs::cli {

struct Arguments;

// Each shows the tasks that it has dealt with, or with --dry-run those that it would, and says on
// standard error how many they were. --timeout holds for each page of up to 1,000. What changed
// meanwhile is counted apart and no error; any other error ends the sweep behind its page.
Exit sweep_cancel(const Arguments& arguments);
// Completed tasks are taken and resolved, whatever their outcome; with --state resolving those that
// somebody has taken and not resolved.
Exit sweep_resolve(const Arguments& arguments);

}  // namespace taskbbs::cli
