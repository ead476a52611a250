// What the end of a command is to its task (docs/executor.md, "Results"). Pure.
#pragma once

#include "cli/executor/ending.hpp"
#include "taskbbs/client.hpp"

#include <string>

namespace taskbbs::cli {

enum class ResultForm : std::uint8_t {
    packed,  // everything, as a map: cli/packed_result.hpp
    plain,   // what the program wrote to its standard output
};

// A plain one that was cut fails its task, since nobody could tell it from a whole one; and its
// failure_reason ends with the last line of standard error.
Outcome outcome_of(const Ending& ending, ResultForm form);

// "exit status 3": for the log and as failure_reason.
std::string words_of(const Ending& ending);

}  // namespace taskbbs::cli
