// The rows of the table of commands that answer about single tasks.
#pragma once

#include "cli/command.hpp"
#include "cli/commands.hpp"

namespace taskbbs::cli {

inline constexpr Command explain_command{
    .name = "explain",
    .takes_guids = true,
    .summary = "Say what tasks wait for, why, and what becomes of them.",
    .more =
        "Which executors could take a pending one and what keeps the others from it,\n"
        "who owns it and until when, what convergence does next: docs/explain.md.",
    .example = "taskbbs explain build-17",
    .options = {},
    .run = run_explain};

inline constexpr Command history_command{
    .name = "history",
    .takes_guids = true,
    .summary = "Show all that happened to tasks, those that are gone included.",
    .more =
        "Every event with its time and cause, how long each state took, as far back as\n"
        "the broker keeps its journal: docs/explain.md.",
    .example = "taskbbs history build-17",
    .options = {},
    .run = run_history};

}  // namespace taskbbs::cli
