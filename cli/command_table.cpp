// The table of commands and options.
#include "cli/batch/command_rows.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/explain/command_rows.hpp"
#include "cli/pause_rows.hpp"
#include "cli/server/command_rows.hpp"
#include "cli/task_options.hpp"
#include "protocol/limits.hpp"

#include <array>

namespace taskbbs::cli {
namespace {

using namespace option;

constexpr std::array common{
    Option{.name = "endpoint",
           .value = "ENDPOINT",
           .help = "of the broker's requests (TASKBBS_ENDPOINT, else tcp://127.0.0.1:7411)"},
    Option{.name = "key",
           .value = "FILE",
           .help = "this client's secret key, where the broker serves with CURVE"},
    Option{.name = "server-key", .value = "FILE", .help = "and the broker's public one"},
    Option{.name = "timeout",
           .form = Form::duration,
           .value = "DURATION",
           .help = "give up after this long, 5s or 500ms (30s)"},
    Option{.name = "output",
           .form = Form::output,
           .value = "FORMAT",
           .help = "table, wide, json, jsonl, id or template=TEXT (table)",
           .letter = 'o'},
    Option{.name = "template",
           .value = "TEXT",
           .help = R"(the same as -o template=TEXT: '{guid} {state}\n')"},
    Option{.name = "context",
           .value = "NAME",
           .help = "defaults from ~/.config/taskbbs/NAME.conf (TASKBBS_CONTEXT)"},
    Option{.name = "help", .form = Form::flag, .help = "this text", .letter = 'h'},
    Option{.name = "version", .form = Form::flag, .help = "the version"},
};

constexpr std::array list_options{
    Option{.name = "state",
           .form = Form::choice,
           .value = "pending|claimed|running|completed|resolving",
           .help = "in this state only"},
    Option{.name = "domain",
           .form = Form::name,
           .value = "NAME",
           .help = "of this domain only",
           .min = 1,
           .max = longest_name},
    Option{.name = "executor-id",
           .form = Form::name,
           .value = "ID",
           .help = "of this executor only",
           .min = 1,
           .max = longest_id},
    Option{.name = "view",
           .form = Form::choice,
           .value = "header|full",
           .help = "full: with payload, result and annotation (header)"},
    page_of(1000),
    cursor,
};

constexpr std::array converge_options{
    Option{.name = "time-to-claim-ms",
           .form = Form::integer,
           .value = "N",
           .help = "instead of the broker's setting"},
    Option{.name = "convergence-interval-ms",
           .form = Form::integer,
           .value = "N",
           .help = "instead of its kick_interval, claim_timeout and resolve_timeout"},
};

constexpr std::array heartbeat_options{
    executor_id,
    ttl,
    Option{.name = "incarnation", .value = "TEXT", .help = "another one: it restarted"},
    Option{.name = "running",
           .form = Form::pairs,
           .value = "GUID:EPOCH,...",
           .help = "what it runs; those that it must stop are answered"},
    stacks,
    Option{.name = "slots", .form = Form::integer, .value = "N", .help = "tasks at once"},
    free_memory,
    free_disk,
    free_cpu,
};

constexpr std::array depart_options{executor_id};

constexpr std::array drain_options{
    executor_id,
    Option{.name = "on", .form = Form::flag, .help = "drain it, as without --off"},
    Option{.name = "off", .form = Form::flag, .help = "let it acquire again"},
};

constexpr std::array undrain_options{executor_id};

constexpr std::array executors_options{page_of(1000), cursor};

constexpr std::array replay_options{
    Option{.name = "after",
           .form = Form::integer,
           .value = "SEQ",
           .help = "events after this one (0: from the first)"},
    Option{.name = "streams",
           .form = Form::choices,
           .value = stream_names,
           .help = "of these streams only, separated by commas"},
    domains,
    of_task,
    Option{.name = "limit",
           .form = Form::integer,
           .value = "N",
           .help = "show one page of at most N (without: all)",
           .min = 1,
           .max = 10'000},
};

constexpr Option events_endpoint{
    .name = "events",
    .value = "ENDPOINT",
    .help = "of the broker's events, where the one that it tells is of no use here"};

constexpr std::array watch_options{
    Option{.name = "stream",
           .form = Form::choices,
           .value = stream_names,
           .help = "of these streams only, separated by commas"},
    domains_as("domain"),
    of_task,
    Option{.name = "from",
           .value = "now|beginning|SEQ",
           .help = "events from now on, all that are kept, or those after SEQ (now)"},
    Option{.name = "count",
           .form = Form::integer,
           .value = "N",
           .help = "end after N events",
           .min = 1},
    events_endpoint,
};

constexpr std::array top_options{
    Option{.name = "once",
           .form = Form::flag,
           .help = "look for a second, show one picture as text, or as --output json, and end"},
    events_endpoint,
};

constexpr std::array executor_options{
    Option{.name = "stack",
           .form = Form::names,
           .value = "A,B",
           .help = "run tasks of these stacks",
           .required = true,
           .max = longest_name},
    domains_as("domain"),
    Option{.name = "slots",
           .form = Form::integer,
           .value = "N",
           .help = "run this many at once (1)",
           .min = 1,
           .max = 1024},
    Option{.name = "executor-id",
           .form = Form::name,
           .value = "ID",
           .help = "its name (host name and process id)",
           .min = 1,
           .max = longest_id},
    Option{.name = "memory-mb",
           .form = Form::integer,
           .value = "N",
           .help = "take no more at once than needs this (any)"},
    Option{.name = "disk-mb", .form = Form::integer, .value = "N", .help = "likewise (any)"},
    Option{.name = "cpu-percent", .form = Form::integer, .value = "N", .help = "likewise (any)"},
    ttl,
    Option{.name = "grace",
           .form = Form::duration,
           .value = "DURATION",
           .help = "between SIGTERM and SIGKILL for a task that is to end (10s)"},
    Option{.name = "exec",
           .value = "'PROGRAM ARG...'",
           .help = "hand each payload to this program instead of sh -c"},
    Option{.name = "run-timeout",
           .form = Form::duration,
           .value = "DURATION",
           .help = "end and fail what runs longer (0: never)"},
};

constexpr std::array bench_options{
    Option{.name = "clients",
           .form = Form::integer,
           .value = "N",
           .help = "connections, each with a session of its own (4)",
           .min = 1,
           .max = 64},
    Option{.name = "in-flight",
           .form = Form::integer,
           .value = "N",
           .help = "tasks that each has under way at once (16)",
           .min = 1,
           .max = 512},
    Option{.name = "seconds",
           .form = Form::integer,
           .value = "S",
           .help = "how long (5)",
           .min = 1,
           .max = 300},
    Option{.name = "payload-bytes",
           .form = Form::integer,
           .value = "B",
           .help = "of each task's payload (100)",
           .max = std::int64_t{1} << 20},
};

constexpr std::array table{
    Command{.name = "desire",
            .takes_guids = true,
            .summary = "Put a task on the board, one for each GUID.",
            .example = "taskbbs desire build-17 --stack linux --payload 'make -C /src'",
            .options = desire_options,
            .shape = Shape::applied,
            .run = run_desire},
    Command{.name = "claim",
            .takes_guids = true,
            .summary = "Take pending tasks for an executor.",
            .example = "taskbbs claim build-17 --executor-id e1",
            .options = claim_options,
            .shape = Shape::owned,
            .run = run_claim},
    Command{.name = "acquire",
            .summary = "Take the tasks that an executor should run next, by priority.",
            .example = "taskbbs acquire --executor-id e1 --stacks linux --max 4 --wait-ms 5000",
            .options = acquire_options,
            .shape = Shape::task,
            .run = run_acquire},
    Command{.name = "start",
            .takes_guids = true,
            .summary = "Say that claimed tasks run.",
            .example = "taskbbs start build-17 --executor-id e1 --epoch 12",
            .options = start_options,
            .shape = Shape::applied,
            .run = run_start},
    Command{.name = "complete",
            .takes_guids = true,
            .summary = "Say that running tasks have ended, and how.",
            .example = "taskbbs complete build-17 --epoch 12 --result-file out.txt",
            .options = complete_options,
            .shape = Shape::applied,
            .run = run_complete},
    Command{.name = "reject",
            .takes_guids = true,
            .summary = "Give claimed or running tasks back.",
            .example = "taskbbs reject build-17 --executor-id e1 --epoch 12 --reason 'disk full'",
            .options = reject_options,
            .shape = Shape::rejected,
            .run = run_reject},
    Command{.name = "cancel",
            .takes_guids = true,
            .sweeps = true,
            .summary = "Fail tasks that have not ended.",
            .more = "Without GUIDs: all pending, claimed and running ones that the filters find.",
            .example = "taskbbs cancel build-17 --reason 'no longer needed'",
            .options = cancel_options,
            .shape = Shape::applied,
            .run = run_cancel},
    Command{.name = "resolving",
            .takes_guids = true,
            .summary = "Take the outcome of completed tasks.",
            .more = "Ends with 1 where a task has failed.",
            .example = "taskbbs resolving build-17 -o json",
            .shape = Shape::owned,
            .run = run_resolving},
    Command{
        .name = "resolve",
        .takes_guids = true,
        .sweeps = true,
        .summary = "Remove tasks whose outcome was taken.",
        .more =
            "Without GUIDs: takes and removes all completed ones that the filters find, whatever\n"
            "their outcome; with --state resolving those that somebody took and kept.",
        .example = "taskbbs resolve build-17 --epoch 31",
        .options = resolve_options,
        .shape = Shape::applied,
        .run = run_resolve},
    Command{.name = "get",
            .takes_guids = true,
            .summary = "Show tasks whole.",
            .example = "taskbbs get build-17",
            .shape = Shape::task,
            .run = run_get},
    Command{.name = "list",
            .summary = "Show the tasks on the board.",
            .example = "taskbbs list --state running --executor-id e1",
            .options = list_options,
            .shape = Shape::header,
            .run = run_list},
    Command{.name = "converge",
            .summary = "Make the broker look for what is stuck, now.",
            .example = "taskbbs converge",
            .options = converge_options,
            .shape = Shape::converged,
            .run = run_converge},
    Command{.name = "heartbeat",
            .summary = "Renew an executor's presence once.",
            .more = "A program keeps it up: see taskbbs executor --help.",
            .example = "taskbbs heartbeat --executor-id e1 --ttl-ms 60000",
            .options = heartbeat_options,
            .shape = Shape::heartbeat,
            .run = run_heartbeat},
    Command{.name = "depart",
            .summary = "Take an executor off the board; its tasks are failed or requeued.",
            .example = "taskbbs depart --executor-id e1",
            .options = depart_options,
            .shape = Shape::of_executor,
            .run = run_depart},
    Command{.name = "drain",
            .summary = "Tell an executor to finish what it runs and take no more.",
            .example = "taskbbs drain --executor-id e1",
            .options = drain_options,
            .shape = Shape::of_executor,
            .run = run_drain},
    Command{.name = "undrain",
            .summary = "Let an executor take tasks again: drain --off.",
            .example = "taskbbs undrain --executor-id e1",
            .options = undrain_options,
            .shape = Shape::of_executor,
            .run = run_undrain},
    pause_command,
    resume_command,
    paused_command,
    Command{.name = "executors",
            .summary = "Show the executors that are present.",
            .example = "taskbbs executors",
            .options = executors_options,
            .shape = Shape::executor,
            .run = run_executors},
    Command{.name = "replay",
            .summary = "Show events that happened.",
            .example = "taskbbs replay --guid build-17",
            .options = replay_options,
            .shape = Shape::event,
            .run = run_replay},
    explain_command,
    history_command,
    Command{.name = "stats",
            .summary = "Show the broker's counters.",
            .example = "taskbbs stats -o json",
            .run = run_stats},
    Command{.name = "hello",
            .summary = "Show which broker answers, and its limits.",
            .example = "taskbbs hello --endpoint tcp://board:7411 --timeout 2s",
            .shape = Shape::hello,
            .run = run_hello},
    server_command,
    Command{.name = "watch",
            .summary = "Show events as they happen, missing none, until interrupted.",
            .more = "Goes on over restarts of the broker.",
            .example = "taskbbs watch --stream completed,resolved -o json",
            .options = watch_options,
            .shape = Shape::event,
            .run = run_watch},
    batch::run_command,
    batch::wait_command,
    Command{.name = "top",
            .summary = "Show the board live: states, queues, executors, slowest tasks.",
            .more =
                "On a terminal until q (or Ctrl-C: ends with 130); ? there tells the keys, Enter\n"
                "looks into a task. Goes on over restarts of the broker. Colours unless NO_COLOR\n"
                "is set. Elsewhere, and with --output, it wants or implies --once.",
            .example = "taskbbs top --once",
            .options = top_options,
            .run = run_top},
    Command{.name = "executor",
            .summary = "Run tasks: payloads are command lines, or input of a program.",
            .more =
                "A payload is a command line for sh -c; the result is a MessagePack map: exit,\n"
                "signal, stdout, stderr, truncated. With --exec the program gets the payload on\n"
                "its standard input, and what it writes to its standard output is the result,\n"
                "up to limits.result_bytes: more fails the task. PROGRAM ARG... are split as by\n"
                "a shell, quotes and backslashes and no more.\n"
                "An exit status other than 0 fails the task. The command finds TASKBBS_GUID in\n"
                "its environment; what it leaves running is killed when it ends.\n"
                "SIGTERM: takes no more, finishes what runs, departs, ends with 0, or with 5\n"
                "where the broker could not be told: it waits 5 s for that, 30 s where it has\n"
                "outcomes to report. SIGINT: the same, ends with 130. A second signal kills\n"
                "what runs and gives it back.",
            .example = "taskbbs executor --stack linux --slots 4 --executor-id e1",
            .options = executor_options,
            .run = run_executor},
    Command{
        .name = "bench",
        .summary = "Put a load of your own on the board and measure it.",
        .more =
            "Each client takes tasks through all six steps, desire to resolve, as fast as it can,\n"
            "in a domain of its own, and leaves nothing behind; interrupted it cleans up and ends\n"
            "with 130.",
        .example = "taskbbs bench --clients 2 --seconds 1",
        .options = bench_options,
        .shape = Shape::measured,
        .run = run_bench},
    Command{.name = "completion",
            .offline = true,
            .word = "bash|zsh|fish",
            .summary = "Print the script that completes commands, options, guids and executors.",
            .more = "To be read by the shell: source <(taskbbs completion bash).",
            .example = "taskbbs completion bash",
            .run = run_completion},
};

}  // namespace

std::span<const Command> commands() {
    return table;
}

std::span<const Option> common_options() {
    return common;
}

const Command* command_named(std::string_view name) {
    for (const Command& command : table) {
        if (command.name == name) {
            return &command;
        }
    }
    return nullptr;
}

const Option* option_of(const Command& command, std::string_view name) {
    for (const auto options : {command.options, common_options()}) {
        for (const Option& option : options) {
            if (option.name == name) {
                return &option;
            }
        }
    }
    return nullptr;
}

}  // namespace taskbbs::cli
