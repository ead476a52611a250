// Options that several commands have, spelled once for the table of commands.
#pragma once

#include "cli/command.hpp"
#include "protocol/limits.hpp"

namespace taskbbs::cli::option {

inline constexpr std::int64_t longest_id = protocol::max_guid;     // of guids and executor ids
inline constexpr std::int64_t longest_name = protocol::max_label;  // of domains and stacks

inline constexpr Option executor_id{.name = "executor-id",
                                    .form = Form::name,
                                    .value = "ID",
                                    .help = "the executor",
                                    .required = true,
                                    .min = 1,
                                    .max = longest_id};
inline constexpr Option of_task{.name = "guid",
                                .form = Form::name,
                                .value = "GUID",
                                .help = "of this task only",
                                .min = 1,
                                .max = longest_id};
inline constexpr Option epoch{
    .name = "epoch",
    .form = Form::integer,
    .value = "N",
    .help =
        "what claim, acquire or resolving answered; fences a former owner "
        "off (with one GUID only)"};
inline constexpr Option reason{.name = "reason", .value = "TEXT", .help = "why, up to 1 KiB"};
// "" is a stack as well: that of tasks which name none.
inline constexpr Option stacks{.name = "stacks",
                               .form = Form::names,
                               .value = "A,B",
                               .help = "of these stacks only",
                               .max = longest_name};

inline constexpr Option domains_as(std::string_view name) {
    return {.name = name,
            .form = Form::names,
            .value = "A,B",
            .help = "of these domains only",
            .min = 1,
            .max = longest_name};
}

inline constexpr Option domains = domains_as("domains");
inline constexpr Option free_memory{
    .name = "memory-mb", .form = Form::integer, .value = "N", .help = "what it has free for tasks"};
inline constexpr Option free_disk{
    .name = "disk-mb", .form = Form::integer, .value = "N", .help = "what it has free for tasks"};
inline constexpr Option free_cpu{.name = "cpu-percent",
                                 .form = Form::integer,
                                 .value = "N",
                                 .help = "what it has free for tasks"};
inline constexpr Option ttl{.name = "ttl-ms",
                            .form = Form::integer,
                            .value = "N",
                            .help = "present for how long without a heartbeat (15000)",
                            .min = protocol::min_ttl_ms,
                            .max = protocol::max_ttl_ms};
inline constexpr Option cursor{
    .name = "cursor", .value = "CURSOR", .help = "where the page before ended; shows one page"};

// What a sweep looks for.
inline constexpr Option found_in(std::string_view states) {
    return {.name = "state",
            .form = Form::choice,
            .value = states,
            .help = "without GUIDs: those in this state"};
}

inline constexpr Option found_of{.name = "domain",
                                 .form = Form::name,
                                 .value = "NAME",
                                 .help = "without GUIDs: those of this domain",
                                 .min = 1,
                                 .max = longest_name};
inline constexpr Option found_older{.name = "older-than",
                                    .form = Form::duration,
                                    .value = "DURATION",
                                    .help = "without GUIDs: those created longer ago than this"};
inline constexpr Option dry_run{
    .name = "dry-run", .form = Form::flag, .help = "only show which ones it would be"};

inline constexpr std::string_view stream_names =
    "pending|claimed|running|completed|resolving|resolved|executor|queue";

inline constexpr Option page_of(std::int64_t most) {
    return {.name = "limit",
            .form = Form::integer,
            .value = "N",
            .help = "show one page of at most N (without --limit and --cursor: all pages)",
            .min = 1,
            .max = most};
}

}  // namespace taskbbs::cli::option
