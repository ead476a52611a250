// The row of the table of the command that is about the broker itself.
#pragma once

#include "cli/command.hpp"
#include "cli/commands.hpp"

#include <array>

namespace taskbbs::cli {

inline constexpr std::array server_options{
    Option{.name = "out", .value = "FILE", .help = "write to FILE instead of standard output"},
};

inline constexpr Command server_command{
    .name = "server",
    .word = "info|report",
    .summary = "Show what the broker says of itself, or all that a bug report needs.",
    .more =
        "info: hello and stats as one document. report: that, and the versions and system\n"
        "here, round trip and clocks, the executors as sums, the kinds of the last events;\n"
        "no payload, result or annotation, no key, and no name of a task, domain or\n"
        "executor. It is written also where the broker does not answer.",
    .example = "taskbbs server report --out report.txt",
    .options = server_options,
    .run = run_server};

}  // namespace taskbbs::cli
