// What a load leaves on the board where it was cut off, taken away.
#pragma once

#include "cli/connection.hpp"

#include <optional>
#include <string>

namespace taskbbs::cli::bench {

// Cancels and resolves every task of the domain, until there is none or --timeout is over. Nothing
// where none is left, else why one may be.
std::optional<Error> clear(Connection& connection, const std::string& domain);

}  // namespace taskbbs::cli::bench
