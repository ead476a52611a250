// What may stand in a place of the command line, for the shells' completion scripts. From the table
// of commands. Pure.
#pragma once

#include "cli/command.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli {

enum class Source : std::uint8_t {
    unknown,    // anything: nothing can be offered
    words,      // one of `words`
    files,      // of the directory
    guids,      // that the board has, in the state `words`, or in any where that is empty
    executors,  // that are present
    contexts,   // whose files are there
};

struct Candidates {
    Source source = Source::unknown;
    std::string words;  // separated by spaces

    bool operator==(const Candidates&) const = default;
};

// As the value of an option that takes one.
Candidates candidates_of(const Option& option);
// Beside the options of a command.
Candidates candidates_beside(const Command& command);

// Every option that takes no value, in the table's order, each once.
std::vector<std::string_view> flag_names();
// The options of a command, those of all included, as "--name".
std::vector<std::string> options_of(const Command& command);

// How a script asks the board: the options behind `list` or `executors`. Few enough, and soon
// enough given up, that a shell does not hang.
inline constexpr std::string_view asking = "-o id --limit 200 --timeout 1s";

}  // namespace taskbbs::cli
