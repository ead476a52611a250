// What an operator does about a disk that failed: behind the error's text, in parentheses, by its
// errno. Where there is nothing to tell, the text stays as it is.
#pragma once

#include "broker/journal/error.hpp"

#include <string>

namespace taskbbs::broker {

// Of a broker, which works in `state_directory`.
std::string with_next_step(const journal::JournalError& error, const std::string& state_directory);

// Of a tool, whose user need not be the broker's, nor the directory its state directory.
std::string with_next_step_of_tool(const journal::JournalError& error);

}  // namespace taskbbs::broker
