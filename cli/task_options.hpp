// The options of the commands that concern single tasks, for the table of commands.
#pragma once

#include "cli/options.hpp"

#include <array>
#include <limits>

namespace taskbbs::cli::option {

inline constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();

inline constexpr std::array desire_options{
    Option{.name = "domain", .value = "NAME", .help = "tenant or application (default)"},
    Option{.name = "stack", .value = "NAME", .help = "the kind of executor that can run it"},
    Option{.name = "type", .value = "LABEL", .help = "free label"},
    Option{.name = "priority",
           .form = Form::integer,
           .value = "N",
           .help = "higher is handed out first (0)",
           .min = -int32_max - 1,
           .max = int32_max},
    Option{.name = "payload", .value = "TEXT", .help = "what to run"},
    Option{.name = "payload-file", .value = "FILE", .help = "the same from a file; - is stdin"},
    Option{.name = "annotation", .value = "TEXT", .help = "your own note, up to 10 KiB"},
    Option{.name = "memory-mb", .form = Form::integer, .value = "N", .help = "what it needs"},
    Option{.name = "disk-mb", .form = Form::integer, .value = "N", .help = "what it needs"},
    Option{.name = "cpu-percent", .form = Form::integer, .value = "N", .help = "what it needs"},
    Option{.name = "max-rejections",
           .form = Form::integer,
           .value = "N",
           .help = "fails when rejected more often (3)",
           .max = 1000},
    Option{.name = "on-executor-lost",
           .form = Form::choice,
           .value = "fail|requeue",
           .help = "what becomes of it when its executor is lost (fail)"},
    Option{.name = "run-timeout-ms",
           .form = Form::integer,
           .value = "N",
           .help = "fails when running longer (0: never)"},
    Option{.name = "time-to-claim-ms",
           .form = Form::integer,
           .value = "N",
           .help = "fails when pending longer (0: the broker's limit, 4294967295: never)"},
    Option{.name = "not-before",
           .form = Form::integer,
           .value = "NS",
           .help = "handed out from then on, ns since 1970 (0: now)"},
    Option{.name = "created-at",
           .form = Form::integer,
           .value = "NS",
           .help = "ns since 1970 (0: the broker's time)"},
};

inline constexpr std::array claim_options{executor_id};

inline constexpr std::array acquire_options{
    executor_id,
    Option{.name = "max",
           .form = Form::integer,
           .value = "N",
           .help = "how many at most (1)",
           .min = 1,
           .max = 1024},
    stacks,
    domains,
    free_memory,
    free_disk,
    free_cpu,
    Option{.name = "wait-ms",
           .form = Form::integer,
           .value = "N",
           .help = "wait this long for a first task (0)",
           .max = 60'000},
};

inline constexpr std::array start_options{
    executor_id,
    epoch,
    Option{.name = "container-handle", .value = "TEXT", .help = "where it runs, up to 255 bytes"},
};

inline constexpr std::array complete_options{
    epoch,
    Option{.name = "executor-id", .value = "ID", .help = "the executor that must own it"},
    Option{.name = "failed", .form = Form::flag, .help = "it failed"},
    Option{.name = "failure-reason", .value = "TEXT", .help = "why, up to 1 KiB"},
    Option{.name = "result", .value = "TEXT", .help = "what came of it"},
    Option{.name = "result-file", .value = "FILE", .help = "the same from a file; - is stdin"},
};

inline constexpr std::array reject_options{
    executor_id,
    epoch,
    reason,
    Option{.name = "delay-ms",
           .form = Form::integer,
           .value = "N",
           .help = "not handed out before (1 s, doubled with each rejection)",
           .max = 86'400'000},
};

inline constexpr std::array cancel_options{
    reason, found_in("pending|claimed|running"), found_of, found_older, dry_run};
inline constexpr std::array resolve_options{
    epoch, found_in("completed|resolving"), found_of, found_older, dry_run};

}  // namespace taskbbs::cli::option
