// What stands for an option that the command line does not give: the environment's, the context's,
// then what is built in. Pure.
#pragma once

#include "cli/arguments.hpp"

#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace taskbbs::cli {

// Chooses the endpoint and takes from the context what the command has an option for and was not
// given. `endpoint`: TASKBBS_ENDPOINT, if it is set.
void fall_back(Arguments& arguments, const std::optional<std::string>& endpoint, Defaults defaults);

// From --output and --template. The error is why the template can't be used, on one line.
tl::expected<Output, std::string> chosen_output(const Arguments& arguments);

}  // namespace taskbbs::cli
