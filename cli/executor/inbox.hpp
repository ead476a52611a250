// Where other threads leave what happened, for the executor's own thread to take.
#pragma once

#include "cli/executor/jobs.hpp"
#include "cli/inbox.hpp"

namespace taskbbs::cli {

using Inbox = InboxOf<Jobs>;

}  // namespace taskbbs::cli
