// What the command line asks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::bench {

enum class Task { goals, smoke, scale, full, help };

struct Options {
    Task task = Task::goals;
    int rounds = 3;
    double seconds = 5;  // of each measurement
    double warm_up = 1;
    std::string only;  // what the id of a row has in it
    bool json = false;
    std::string chart;  // a file; empty: none
    std::string
        results;  // a file that keeps what was measured; empty: the task's own, if it has one
    bool fresh = false;  // that file begins anew
};

// `words` are those behind the program's name. Throws std::invalid_argument, whose text names the
// word that is wrong, and why.
Options parse_options(const std::vector<std::string_view>& words);

std::string_view usage();

}  // namespace taskbbs::bench
