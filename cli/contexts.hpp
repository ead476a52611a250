// The files of contexts: NAME.conf in $XDG_CONFIG_HOME/taskbbs, else in ~/.config/taskbbs.
#pragma once

#include "cli/context.hpp"

#include <string>
#include <tl/expected.hpp>

namespace taskbbs::cli {

// The error is what is wrong and what to do, in lines; of a context that is not there, which ones
// there are.
tl::expected<Defaults, std::string> load_context(const std::string& name);

}  // namespace taskbbs::cli
