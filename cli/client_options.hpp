// How a command's clients reach the broker: --endpoint, --events, --key and --server-key, or what
// the context says of them.
#pragma once

#include "cli/arguments.hpp"
#include "taskbbs/client.hpp"

namespace taskbbs::cli {

// Reads the keys' files. Fails with `unusable_key` where one can't be used, or one alone is given.
Result<ClientOptions> client_options(const Arguments& arguments);

}  // namespace taskbbs::cli
