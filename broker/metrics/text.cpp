// A function for each part of the broker, a line or two for each metric.
#include "broker/metrics/text.hpp"

#include "broker/metrics/families.hpp"
#include "broker/version.hpp"

#include <array>
#include <prometheus/text_serializer.h>

namespace taskbbs::broker {

namespace {

using protocol::Cause;
using protocol::Kind;
using protocol::name_of;
using protocol::State;
using protocol::Status;
using protocol::Verb;

constexpr double nanoseconds_a_second = 1e9;

template <class Enum, class Each>
void for_each_value(const Each& each) {
    for (std::size_t i = 0; i < metrics::number_of<Enum>; ++i) {
        each(static_cast<Enum>(i), i);
    }
}

template <class Each>
void for_each_live_state(const Each& each) {
    for (std::size_t i = 0; i < protocol::live_states; ++i) {
        each(name_of(static_cast<State>(i)), i);
    }
}

void add_process(Families& out, const ProcessFigures& process) {
    out.counter("process_cpu_seconds_total", "User and system CPU time, in seconds.");
    out.add(process.cpu_seconds);
    out.gauge("process_resident_memory_bytes", "Memory of the broker's process, in bytes.");
    out.add(process.resident_bytes);
    out.gauge("process_virtual_memory_bytes", "Addresses that the process uses, in bytes.");
    out.add(process.virtual_bytes);
    out.gauge("process_open_fds", "Files and sockets that are open.");
    out.add(process.open_files);
    out.gauge("process_max_fds", "Files and sockets that may be open.");
    out.add(process.most_files);
    out.gauge("process_start_time_seconds", "When the process began, in seconds since 1970.");
    out.add(process.start_time);
}

void add_directory(Families& out, const DirectoryFigures& directory) {
    out.gauge("taskbbs_journal_disk_bytes", "Size of the disk that the journal lies on.");
    out.add(directory.disk_bytes);
    out.gauge("taskbbs_journal_disk_free_bytes", "What the broker may still write on that disk.");
    out.add(directory.free_bytes);
    out.gauge("taskbbs_journal_files", "Files in the journal's directory, by kind.");
    for (const FileFigures& files : directory.files) {
        out.add(files.count, {{"kind", files.kind}});
    }
    out.gauge("taskbbs_journal_file_bytes", "Bytes of the files in the journal's directory.");
    for (const FileFigures& files : directory.files) {
        out.add(files.bytes, {{"kind", files.kind}});
    }
    out.gauge("taskbbs_snapshot_timestamp_seconds",
              "When the newest snapshot was written, in seconds since 1970.");
    if (directory.snapshot_time) {
        out.add(*directory.snapshot_time);
    }
}

void add_answers(Families& out, const metrics::Counters& counters) {
    out.counter("taskbbs_requests_total", "Requests answered, by verb and outcome.");
    std::array<std::uint64_t, metrics::number_of<Status>> by_status{};
    for (std::size_t verb = 0; verb < counters.answers.size(); ++verb) {
        const bool known = verb != metrics::Counters::unknown_verb;
        const std::string_view name = known ? name_of(static_cast<Verb>(verb)) : "unknown";
        for_each_value<Status>([&](Status status, std::size_t i) {
            const std::uint64_t answers = counters.answers.at(verb)[i];
            by_status.at(i) += answers;
            if (answers > 0 || (known && status == Status::ok)) {
                out.add(answers, {{"verb", name}, {"outcome", name_of(status)}});
            }
        });
    }
    out.counter("taskbbs_refused_total", "Requests and messages refused, by error.");
    for_each_value<Status>([&](Status status, std::size_t i) {
        if (status != Status::ok) {
            out.add(by_status.at(i), {{"error", name_of(status)}});
        }
    });
    out.counter("taskbbs_repeated_total",
                "Mutations that came again and were answered as before, among the requests.");
    out.add(counters.repeated);
}

void add_requests(Families& out, const Figures& figures) {
    add_answers(out, figures.counters);
    out.counter("taskbbs_malformed_messages_total", "Messages that could not be read.");
    out.add(figures.stats.malformed);
    out.counter("taskbbs_dropped_replies_total",
                "Reply messages that found their peer gone or not reading.");
    out.add(figures.stats.dropped_replies);
    out.counter("taskbbs_dropped_events_total",
                "Events that no subscriber was sent, as publishing was held up.");
    out.add(figures.stats.dropped_events);
    out.counter("taskbbs_connections_refused_total",
                "Connections that were hung up on, as there were as many as may be.");
    out.add(figures.stats.connections_refused);
    out.counter("taskbbs_connections_held_off_total",
                "Connections that were hung up on, as others had left much that was not handled.");
    out.add(figures.stats.connections_held_off);
    out.counter("taskbbs_keys_refused_total",
                "Clients that were not let in: without a key, or with one that is not authorized.");
    out.add(figures.stats.keys_refused);
    out.gauge("taskbbs_connections", "Connections, by the socket that they lead to.");
    out.add(figures.stats.connections - figures.subscribers, {{"socket", "requests"}});
    out.add(figures.subscribers, {{"socket", "events"}});
    out.gauge("taskbbs_sessions", "Sessions that are remembered.");
    out.add(figures.sessions);
    out.gauge("taskbbs_outcomes", "Outcomes that sessions may ask for again.");
    out.add(figures.outcomes);
}

void add_events(Families& out, const metrics::Counters& counters) {
    out.counter("taskbbs_events_total", "Events, by kind and by what made them happen.");
    for_each_value<Kind>([&](Kind kind, std::size_t i) {
        for_each_value<Cause>([&](Cause cause, std::size_t j) {
            out.add(counters.events.at(i).at(j),
                    {{"event", name_of(kind)}, {"cause", name_of(cause)}});
        });
    });
    out.counter("taskbbs_tasks_ended_total", "Tasks that ended, done or failed.");
    out.add(counters.ended[0], {{"result", "succeeded"}});
    out.add(counters.ended[1], {{"result", "failed"}});
}

void add_domain(Families& out, std::string_view name, const TasksByState& tasks) {
    for_each_live_state([&](std::string_view state, std::size_t i) {
        out.add(tasks[i], {{"domain", name}, {"state", state}});
    });
}

void add_tasks(Families& out, const Figures& figures) {
    out.gauge("taskbbs_tasks", "Tasks on the board, by state.");
    for_each_live_state([&](std::string_view state, std::size_t i) {
        out.add(figures.tasks[i], {{"state", state}});
    });
    out.gauge("taskbbs_domain_tasks", "Tasks by domain and state; all other domains together.");
    for (const DomainFigures& domain : figures.domains) {
        add_domain(out, domain.name, domain.tasks);
    }
    add_domain(out, "(other)", figures.other_domains);  // no domain has such a name
    out.gauge("taskbbs_task_bytes", "Payloads, results and annotations, in bytes.");
    out.add(figures.task_bytes);
    out.gauge("taskbbs_oldest_task_seconds",
              "For how long some task has been in this state, at least.");
    for_each_live_state([&](std::string_view state, std::size_t i) {
        out.add(figures.oldest[i].value_or(std::chrono::nanoseconds{0}), {{"state", state}});
    });
    out.histogram(
        "taskbbs_task_state_seconds",
        "How long tasks had been in a state when they left it: pending when claimed, running "
        "when completed.");
    for_each_live_state([&](std::string_view state, std::size_t i) {
        out.add(figures.counters.left[i], nanoseconds_a_second, {{"state", state}});
    });
    out.gauge("taskbbs_paused_queues", "Pauses: each of a domain, or of one of its stacks.");
    out.add(figures.paused_queues);
}

void add_executors(Families& out, const Figures& figures) {
    const ExecutorFigures& executors = figures.executors;
    out.gauge("taskbbs_executors", "Executors present.");
    out.add(executors.present);
    out.gauge("taskbbs_executors_draining", "Executors present that take no new tasks.");
    out.add(executors.draining);
    out.gauge("taskbbs_executors_run_out", "Executors present whose presence has run out.");
    out.add(executors.run_out);
    out.gauge("taskbbs_executors_being_lost", "Executors gone whose tasks are still being ended.");
    out.add(executors.being_lost);
    out.gauge("taskbbs_brake",
              "1 where so many fell silent at once that none of them is lost yet.");
    out.add(figures.brake ? 1 : 0);
}

void add_loop(Families& out, const Figures& figures) {
    const metrics::Counters& counters = figures.counters;
    out.histogram("taskbbs_loop_turn_seconds", "CPU time of a turn of the loop.");
    out.add(counters.turns, nanoseconds_a_second);
    out.histogram("taskbbs_loop_latency_seconds",
                  "Time of a turn of the loop: what arrives meanwhile waits for its end.");
    out.add(counters.latency, nanoseconds_a_second);
    out.histogram("taskbbs_batch_events", "Events of a batch.");
    out.add(counters.batch_events, 1);
    out.histogram("taskbbs_batch_bytes", "Bytes of a batch.");
    out.add(counters.batch_bytes, 1);
    const QueueFigures& queues = figures.queues;
    out.gauge("taskbbs_queue_depth", "What waits for the loop or its threads, by queue.");
    out.add(queues.waiting_acquires, {{"queue", "waiting_acquires"}});
    out.add(queues.offers, {{"queue", "offers"}});
    out.add(queues.passes, {{"queue", "passes"}});
    out.add(queues.parked, {{"queue", "parked"}});
    out.add(queues.replays, {{"queue", "replays"}});
    out.gauge("taskbbs_gathering_bytes", "Bytes of the batch that gathers.");
    out.add(figures.gathering_bytes);
    out.gauge("taskbbs_clock_ahead_seconds", "How far events are ahead of the wall clock.");
    out.add(figures.clock_ahead);
    out.gauge("taskbbs_seq", "Number of the newest event.");
    out.add(figures.seq);
}

void add_journal(Families& out, const Figures& figures) {
    out.histogram("taskbbs_sync_seconds", "How long batches took to be written and synced.");
    out.add(figures.syncs, nanoseconds_a_second);
    out.counter("taskbbs_syncs_total", "Syncs of the journal.");
    out.add(figures.stats.syncs);
    out.counter("taskbbs_journal_written_bytes_total", "Bytes written to the journal.");
    out.add(figures.written_bytes);
    out.gauge("taskbbs_journal_reserve_bytes", "Disk space held back for when the disk is full.");
    out.add(figures.reserve_bytes);
    out.gauge("taskbbs_read_only", "1 where the disk is short of space and no new work is taken.");
    out.add(figures.read_only ? 1 : 0);
}

void add_snapshots(Families& out, const Figures& figures) {
    const SnapshotFigures& snapshot = figures.snapshot;
    out.counter("taskbbs_snapshots_total", "Snapshots taken.");
    out.add(figures.stats.snapshots);
    out.counter("taskbbs_snapshot_failures_total", "Snapshots that failed.");
    out.add(figures.stats.snapshot_failures);
    out.gauge("taskbbs_snapshot_duration_seconds", "How long the last snapshot of this run took.");
    if (snapshot.took) {
        out.add(*snapshot.took);
    }
    out.gauge("taskbbs_snapshot_under_way", "1 while one is being taken.");
    out.add(snapshot.under_way ? 1 : 0);
    out.gauge("taskbbs_snapshot_behind_bytes", "Journal that the newest does not stand for.");
    out.add(snapshot.behind_bytes);
    out.gauge("taskbbs_snapshot_due_bytes", "Journal after which the next snapshot is due.");
    out.add(snapshot.due_bytes);
    out.gauge("taskbbs_snapshot_seq", "The last event of the newest snapshot; 0: there is none.");
    out.add(figures.stats.snapshot_seq);
}

// What is bounded, and how much of it is used: the same names.
void add_limits(Families& out, const Figures& figures) {
    struct Limit {
        std::string_view name;
        std::uint64_t most;
        std::uint64_t used;
    };

    std::uint64_t tasks = 0;
    for (const std::uint64_t count : figures.tasks) {
        tasks += count;
    }
    const std::array<Limit, 7> limits{{
        {"tasks", figures.limits.tasks, tasks},
        {"task_bytes", figures.limits.task_bytes, figures.task_bytes},
        {"sessions", figures.limits.sessions, figures.sessions},
        {"outcomes", figures.limits.outcomes, figures.outcomes},
        {"executors", figures.limits.executors, figures.executors.present},
        {"waiting", figures.limits.waiting, figures.queues.waiting_acquires},
        {"connections", figures.limits.connections, figures.stats.connections},
    }};
    out.gauge("taskbbs_limit", "The limits of section [limits] that count something, by name.");
    for (const Limit& limit : limits) {
        out.add(limit.most, {{"name", limit.name}});
    }
    out.gauge("taskbbs_limit_used", "How much of a limit is used.");
    for (const Limit& limit : limits) {
        out.add(limit.used, {{"name", limit.name}});
    }
}

}  // namespace

std::string metrics_text(const Shown& shown) {
    Families out;
    out.gauge("taskbbs_build_info", "1, with the version of the broker.");
    out.add(1, {{"version", version}});
    out.gauge("taskbbs_ready", "1 where /readyz says so.");
    out.add(shown.ready ? 1 : 0);
    add_process(out, shown.process);
    add_directory(out, shown.directory);
    if (shown.figures != nullptr) {
        add_requests(out, *shown.figures);
        add_events(out, shown.figures->counters);
        add_tasks(out, *shown.figures);
        add_executors(out, *shown.figures);
        add_loop(out, *shown.figures);
        add_journal(out, *shown.figures);
        add_snapshots(out, *shown.figures);
        add_limits(out, *shown.figures);
    }
    return prometheus::TextSerializer().Serialize(out.all());
}

}  // namespace taskbbs::broker
