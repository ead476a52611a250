// The commands that concern the board as a whole: its pages, its executors, its counters.
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/event_rows.hpp"
#include "cli/printer.hpp"
#include "cli/task_fields.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

Exit finished(Printer& printer) {
    printer.flush();
    return printer.exit();
}

// Makes one call and shows its answer with `show(printer, reply)`.
template <class Args, class Show>
Exit one_call(const Arguments& arguments, const Args& args, Show show) {
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    const auto reply = connection->client().call(args, connection->remaining());
    if (!reply) {
        return connection->failed(reply.error());
    }
    Printer printer{arguments};
    show(printer, *reply);
    return finished(printer);
}

// One that answers with a document of its own.
template <class Args>
Exit one_record(const Arguments& arguments, const Args& args, const std::string& id = {}) {
    return one_call(arguments, args, [&](Printer& printer, const typename Args::Reply& reply) {
        printer.record(json_of(reply), id);
    });
}

// One that answers with the number of an event.
template <class Args>
Exit one_event(const Arguments& arguments, const Args& args) {
    const auto show = [&args](Printer& printer, const Applied& applied) {
        printer.record({{"executor_id", args.executor_id}, {"seq", applied.seq}});
    };
    return one_call(arguments, args, show);
}

// The same of queues.
template <class Args>
Exit one_event_of_queues(const Arguments& arguments, const Args& args) {
    const auto show = [&args](Printer& printer, const Applied& applied) {
        printer.record({{"domain", args.domain},
                        {"stack", args.stack ? Json(*args.stack) : Json{}},
                        {"seq", applied.seq}});
    };
    return one_call(arguments, args, show);
}

// Shows page after page, or the one page that the options ask for. `show` shows a page and returns
// what goes on from it, spelled as an option; empty at the end. `next` makes `args` ask for it.
template <class Args, class Show, class Next>
Exit pages(const Arguments& arguments, Printer printer, Args args, Show show, Next next) {
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    const bool one_page = arguments.has("limit") || arguments.has("cursor");
    for (;;) {
        const auto page = connection->client().call(args, connection->remaining());
        if (!page) {
            printer.flush();
            return connection->failed(page.error());
        }
        show(printer, *page);
        const std::string more = next(args, *page);
        if (more.empty() || one_page || printer.unwritable()) {
            const Exit exit = finished(printer);
            if (!more.empty()) {
                complain("taskbbs: there is more: {}\n", more);
            }
            return exit;
        }
    }
}

template <class Args, class Page>
std::string next_cursor(Args& args, const Page& page) {
    args.cursor = page.cursor.value_or("");
    return page.cursor ? fmt::format("--cursor {}", *page.cursor) : std::string{};
}

}  // namespace

Exit run_list(const Arguments& arguments) {
    ListArgs args{.domain = arguments.text("domain"),
                  .executor_id = arguments.text("executor-id"),
                  .full = arguments.text("view") == "full",
                  .limit = arguments.integer("limit").value_or(1000),
                  .cursor = arguments.text("cursor").value_or("")};
    if (const auto state = arguments.text("state")) {
        args.state = named<State>(*state);
    }
    const auto view = args.full ? protocol::whole : protocol::header;
    const auto show = [view](Printer& printer, const TaskPage& page) {
        for (const Task& task : page.tasks) {
            printer.item(json_of(task, view));
        }
    };
    const Printer printer{arguments,
                          {{"guid"},
                           {"domain"},
                           {"state"},
                           {"stack"},
                           {.key = "priority", .wide = true},
                           {"executor_id"},
                           {"updated_at"},
                           {.key = "created_at", .wide = true},
                           {.key = "completed_at", .wide = true},
                           {.key = "type", .wide = true},
                           {.key = "epoch", .wide = true},
                           {.key = "seq", .wide = true},
                           {.key = "rejection_count", .wide = true},
                           {.key = "container_handle", .wide = true},
                           {"failure_reason"}}};
    return pages(arguments, printer, args, show, next_cursor<ListArgs, TaskPage>);
}

Exit run_executors(const Arguments& arguments) {
    const ExecutorsArgs args{.limit = arguments.integer("limit").value_or(1000),
                             .cursor = arguments.text("cursor").value_or("")};
    const auto show = [](Printer& printer, const ExecutorPage& page) {
        for (const ExecutorInfo& executor : page.executors) {
            printer.item(json_of(executor));
        }
    };
    const Printer printer{arguments,
                          {{"executor_id"},
                           {"claimed"},
                           {"running"},
                           {"slots"},
                           {"draining"},
                           {"stacks"},
                           {"joined_at"},
                           {.key = "incarnation", .wide = true},
                           {.key = "ttl_ms", .wide = true},
                           {.key = "free.memory_mb", .wide = true},
                           {.key = "free.disk_mb", .wide = true},
                           {.key = "free.cpu_percent", .wide = true},
                           {"expires_in_ms"}}};
    return pages(arguments, printer, args, show, next_cursor<ExecutorsArgs, ExecutorPage>);
}

Exit run_replay(const Arguments& arguments) {
    const ReplayArgs args{.after = arguments.integer("after").value_or(0),
                          .streams = streams_of(arguments, "streams"),
                          .domains = arguments.names("domains"),
                          .guid = arguments.text("guid").value_or(""),
                          .limit = arguments.integer("limit").value_or(10'000)};
    const auto show = [](Printer& printer, const Replayed& page) {
        for (const Event& event : page.events) {
            show_event(printer, event);
        }
    };
    const auto next = [](ReplayArgs& page_args, const Replayed& page) {
        page_args.after = page.next;
        return page.next < page.seq ? fmt::format("--after {}", page.next) : std::string{};
    };
    return pages(arguments, Printer{arguments, event_columns()}, args, show, next);
}

Exit run_converge(const Arguments& arguments) {
    ConvergeArgs args;
    if (const auto ms = arguments.integer("time-to-claim-ms")) {
        args.time_to_claim = milliseconds{*ms};
    }
    if (const auto ms = arguments.integer("convergence-interval-ms")) {
        args.convergence_interval = milliseconds{*ms};
    }
    return one_record(arguments, args);
}

Exit run_heartbeat(const Arguments& arguments) {
    HeartbeatArgs args{.executor_id = arguments.required("executor-id"),
                       .incarnation = arguments.text("incarnation").value_or(""),
                       .stacks = arguments.names("stacks"),
                       .slots = arguments.integer("slots").value_or(0),
                       .free = resources_of(arguments)};
    if (const auto ms = arguments.integer("ttl-ms")) {
        args.ttl = milliseconds{*ms};
    }
    for (auto& pair : arguments.pairs("running")) {
        args.running.push_back({std::move(pair.guid), pair.epoch});
    }
    return one_record(arguments, args, args.executor_id);
}

Exit run_depart(const Arguments& arguments) {
    return one_event(arguments, DepartArgs{arguments.required("executor-id")});
}

Exit run_drain(const Arguments& arguments) {
    return one_event(
        arguments,
        DrainArgs{arguments.required("executor-id"), arguments.flag("on", !arguments.flag("off"))});
}

Exit run_undrain(const Arguments& arguments) {
    return one_event(arguments, DrainArgs{arguments.required("executor-id"), false});
}

Exit run_pause(const Arguments& arguments) {
    return one_event_of_queues(arguments,
                               PauseArgs{arguments.required("domain"), arguments.text("stack")});
}

Exit run_resume(const Arguments& arguments) {
    return one_event_of_queues(arguments,
                               ResumeArgs{arguments.required("domain"), arguments.text("stack")});
}

Exit run_paused(const Arguments& arguments) {
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    const auto paused = connection->client().call(PausedArgs{}, connection->remaining());
    if (!paused) {
        return connection->failed(paused.error());
    }
    Printer printer{arguments, {{"domain"}, {"stack"}, {"since"}}};
    for (const Pause& pause : paused->pauses) {
        printer.item(json_of(pause));
    }
    return finished(printer);
}

Exit run_stats(const Arguments& arguments) {
    return one_record(arguments, StatsArgs{});
}

Exit run_hello(const Arguments& arguments) {
    return one_record(arguments, HelloArgs{});
}

}  // namespace taskbbs::cli
