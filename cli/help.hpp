// Help, written from the table of commands. Pure.
#pragma once

#include "cli/command.hpp"

#include <string>

namespace taskbbs::cli {

// `taskbbs --help`: every command in a line, the common options, the exit codes.
std::string help();

// "-o, --output FORMAT".
std::string spelled(const Option& option);
// "taskbbs claim GUID... [OPTION...]".
std::string usage(const Command& command);

// `taskbbs COMMAND --help`: how to call it, its options, an example.
std::string help(const Command& command);

}  // namespace taskbbs::cli
