// The rows of `run` and `wait` in the table of commands (cli/command_table.cpp).
#pragma once

#include "cli/batch/names.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "protocol/limits.hpp"

#include <array>

namespace taskbbs::cli::batch {

inline constexpr Option events_of_broker{
    .name = "events",
    .value = "ENDPOINT",
    .help = "of the broker's events, where the one that it tells is of no use here"};

inline constexpr std::array run_options{
    Option{.name = "stack",
           .form = Form::name,
           .value = "NAME",
           .help = "the kind of executor that runs them (none)",
           .max = protocol::max_label},
    Option{.name = "domain",
           .form = Form::name,
           .value = "NAME",
           .help = "tenant or application (default)",
           .min = 1,
           .max = protocol::max_label},
    Option{.name = "jobs",
           .form = Form::integer,
           .value = "N",
           .help = "at most N of them on the board at once (1000)",
           .min = 1,
           .max = 1'000'000,
           .letter = 'j'},
    Option{.name = "retries",
           .form = Form::integer,
           .value = "N",
           .help = "try one that fails anew, up to N times (0)",
           .max = 1000},
    Option{.name = "timeout",
           .form = Form::duration,
           .value = "DURATION",
           .help = "fail one that runs longer, 5m or 90s (no limit)"},
    Option{.name = "claim-within",
           .form = Form::duration,
           .value = "DURATION",
           .help = "fail one that no executor takes for so long (no limit)"},
    Option{.name = "name",
           .form = Form::name,
           .value = "NAME",
           .help = "of the run; its tasks are NAME-000001 ... (one by chance)",
           .min = 1,
           .max = longest_batch_name},
    Option{.name = "keep-order",
           .form = Form::flag,
           .help = "show outcomes in the order of the lines, not as they come",
           .letter = 'k'},
    Option{
        .name = "colsep", .value = "TEXT", .help = "between the columns {1} {2} (any white space)"},
    Option{.name = "null",
           .form = Form::flag,
           .help = "lines end in a zero byte, not in a newline",
           .letter = '0'},
    Option{.name = "detach",
           .form = Form::flag,
           .help = "put all on the board, print the run's name, leave"},
    Option{.name = "resume",
           .value = "FILE",
           .help = "note in FILE what is done; run only what is not done by it"},
    events_of_broker,
};

inline constexpr std::array wait_options{
    Option{.name = "domain",
           .form = Form::name,
           .value = "NAME",
           .help = "look for the run in this domain only",
           .min = 1,
           .max = protocol::max_label},
    events_of_broker,
};

inline constexpr Command run_command{
    .name = "run",
    .takes_command = true,
    .summary = "Run a command for each line of standard input, on the board's executors.",
    .more =
        "{} is the line, {#} its number, {1} {2} its columns; without any of them the\n"
        "line is one more word. Executors run exactly these words. A task's outputs are\n"
        "shown when it has ended, what failed at the end; ends with 1 where one failed. In\n"
        "other formats than table and wide, a document of each task is shown instead.\n"
        "SIGINT: cancels what is open, ends with 130; a second one leaves at once.\n"
        "--timeout is the limit of each task here; the broker is waited for 30 s at the\n"
        "start, and without a limit from then on. See docs/run.md.",
    .example = "taskbbs run --stack linux --jobs 8 -- printf '%s: %s\\n' {#} {} < names.txt",
    .options = run_options,
    .shape = Shape::outcome,
    .run = run_run};

inline constexpr Command wait_command{
    .name = "wait",
    .takes_name = true,
    .summary = "Show the outcomes of a run that was detached or lost.",
    .more =
        "Ends as the run would have. SIGINT leaves what is open as it is: wait again.\n"
        "--timeout is for finding the run; its tasks are waited for without a limit.",
    .example = "taskbbs wait run-1f0c9ab27d44",
    .options = wait_options,
    .shape = Shape::outcome,
    .run = run_wait};

}  // namespace taskbbs::cli::batch
