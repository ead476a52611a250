// `taskbbs top --once`: looks at the board for about a second, so that there are rates, shows one
// picture of it on standard output, as text or JSON, and ends.
#pragma once

#include "cli/connection.hpp"
#include "cli/printer.hpp"

namespace taskbbs::cli::top {

// Until --timeout at the most. What went wrong is said on standard error.
Exit run_once(Connection& connection, Printer printer);

}  // namespace taskbbs::cli::top
