// What standard output is: a terminal of some width, or something that a program reads.
#pragma once

#include <cstddef>

namespace taskbbs::cli {

// For a pipe or a file: nothing is cut, coloured or indented.
struct Terminal {
    bool is_one = false;
    std::size_t width = 0;  // in cells; 0: as wide as need be
    bool colour = false;

    bool operator==(const Terminal&) const = default;
};

// The width is COLUMNS, else what the terminal says, else 80; colour unless NO_COLOR is set (and
// not empty) or TERM is "dumb". Reads the environment.
Terminal terminal_of_output();

}  // namespace taskbbs::cli
