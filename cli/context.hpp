// A context: a file that says which board to use, and what to take where an option is not given.
// `name = value`, a line each; # begins a comment line. Pure: contexts.hpp finds and reads the
// files.
#pragma once

#include "cli/command.hpp"

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace taskbbs::cli {

// What a context may give, in the order of docs/cli.md.
std::span<const Option> context_options();

struct Default {
    std::string option;  // one of context_options()
    std::string value;   // of its form

    bool operator==(const Default&) const = default;
};

using Defaults = std::vector<Default>;

// `path` is what the faults are told with. The error: everything that is wrong, each on a line of
// its own as PATH:LINE: what, with what would be accepted.
tl::expected<Defaults, std::string> parse_context(std::string_view path, std::string_view text);

}  // namespace taskbbs::cli
