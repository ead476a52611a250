// From completed to gone, without a look at the outcome.
#pragma once

#include "cli/connection.hpp"

#include <future>
#include <string>

namespace taskbbs::cli {

// Sends `resolving`, and then `resolve` under the epoch that it got, so that nobody else's handling
// is cut off; returns at once. The connection must outlive the answer. What the task brought, which
// may be long, is dropped as it comes.
std::future<Result<Applied>> take_and_resolve(Connection& connection, const std::string& guid);

}  // namespace taskbbs::cli
