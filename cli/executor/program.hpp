// What is run for a task: a payload as a command line of sh, or a program that gets the payload on
// its standard input.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace taskbbs::cli {

struct Program {
    std::string path;                // of the executable
    std::vector<std::string> words;  // its argv
    std::string input;               // what it reads on its standard input
};

// `command` under sh -c, without input.
Program shell_program(const std::string& command);

// The program that `line` names, with its arguments (split_words) and without input yet. Its first
// word is looked up in `path`, directories with : between them, unless a / is in it. The error says
// why there is none.
tl::expected<Program, std::string> program_of(std::string_view line, std::string_view path);

}  // namespace taskbbs::cli
