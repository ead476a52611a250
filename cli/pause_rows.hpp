// The rows of the table of the commands that pause queues.
#pragma once

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"

#include <array>

namespace taskbbs::cli {

inline constexpr std::array queues_options{
    Option{.name = "domain",
           .form = Form::name,
           .value = "NAME",
           .help = "whose queues",
           .required = true,
           .min = 1,
           .max = option::longest_name},
    Option{.name = "stack",
           .form = Form::name,
           .value = "NAME",
           .help = "of this stack only, '' is one, too (every stack)",
           .max = option::longest_name},
};

inline constexpr Command pause_command{
    .name = "pause",
    .summary = "Have executors get no more tasks of a domain, or of one stack of it.",
    .more =
        "acquire passes them by until they are resumed, also when the broker restarts. What is\n"
        "claimed or runs goes on, and so do desire, claim of a guid and the time limits.",
    .example = "taskbbs pause --domain team-a --stack linux",
    .options = queues_options,
    .shape = Shape::of_queues,
    .run = run_pause};

inline constexpr Command resume_command{
    .name = "resume",
    .summary = "End a pause; without --stack all of the domain's.",
    .example = "taskbbs resume --domain team-a",
    .options = queues_options,
    .shape = Shape::of_queues,
    .run = run_resume};

inline constexpr Command paused_command{.name = "paused",
                                        .summary = "Show what is paused.",
                                        .example = "taskbbs paused",
                                        .options = {},
                                        .shape = Shape::pause,
                                        .run = run_paused};

}  // namespace taskbbs::cli
