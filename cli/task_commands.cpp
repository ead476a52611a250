// The commands that concern single tasks. With several guids all requests leave at once and are
// answered in order.
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/input.hpp"
#include "cli/printer.hpp"
#include "cli/sweep_command.hpp"
#include "cli/task_fields.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace taskbbs::cli {
namespace {

// Guids that nobody answered for, with one and the same error: said once.
class Unanswered {
  public:
    // False: it is an error of this guid's own.
    bool take(const Error& error, const std::string& guid) {
        if (error.code != Code::timed_out || error.outcome_unknown) {
            return false;
        }
        error_ = error;
        if (++count_ <= named) {
            guids_ += (count_ > 1 ? ", " : "") + guid;
        }
        return true;
    }

    Exit say(const Connection& connection) const {
        if (count_ == 0) {
            return Exit::done;
        }
        const auto more =
            count_ > named ? fmt::format(" and {} more", count_ - named) : std::string{};
        return connection.failed(error_, guids_ + more);
    }

  private:
    static constexpr std::size_t named = 3;

    Error error_;
    std::string guids_;
    std::size_t count_ = 0;
};

// So many requests at once hold at most half of what the SDK lets wait.
std::size_t window_of(std::size_t bytes_each) {
    constexpr std::size_t most_bytes = std::size_t{128} << 20;
    constexpr std::size_t most = 4096;
    constexpr std::size_t around = 4096;  // names and the like
    return std::clamp<std::size_t>(most_bytes / (bytes_each + around), 1, most);
}

// `make` gives the arguments for a guid, `bytes_each` long; `show` shows the answer and says what
// it means.
template <class Make, class Show>
Exit each_guid(const Arguments& arguments,
               const std::vector<Column>& columns,
               Make make,
               Show show,
               std::size_t bytes_each = 0) {
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    Printer printer{arguments, columns};
    std::deque<decltype(connection->send(make(std::string{})))> answers;
    auto next = arguments.guids.begin();
    const auto window = window_of(bytes_each);
    Unanswered unanswered;
    Exit exit = Exit::done;
    for (const std::string& guid : arguments.guids) {
        for (; next != arguments.guids.end() && answers.size() < window; ++next) {
            answers.push_back(connection->send(make(*next)));
        }
        const auto answer = answers.front().get();
        answers.pop_front();
        if (answer) {
            exit = worse(exit, show(printer, guid, *answer));
        } else if (!unanswered.take(answer.error(), guid)) {
            exit = worse(exit, connection->failed(answer.error(), guid));
        }
    }
    exit = worse(exit, unanswered.say(*connection));
    printer.flush();
    return worse(exit, printer.exit());
}

const std::vector<Column> applied_columns{{"guid"}, {"seq"}};
const std::vector<Column> owned_columns{{"guid"},
                                        {"epoch"},
                                        {"seq"},
                                        {.key = "task.domain", .wide = true},
                                        {.key = "task.stack", .wide = true},
                                        {.key = "task.annotation", .wide = true},
                                        {"task.payload"}};
const std::vector<Column> outcome_columns{{"guid"},
                                          {"epoch"},
                                          {"seq"},
                                          {.key = "task.domain", .wide = true},
                                          {.key = "task.executor_id", .wide = true},
                                          {.key = "task.completed_at", .wide = true},
                                          {.key = "task.annotation", .wide = true},
                                          {"task.failed"},
                                          {"task.failure_reason"},
                                          {"task.result"}};

Exit show_applied(Printer& printer, const std::string& guid, const Applied& applied) {
    printer.item({{"guid", guid}, {"seq", applied.seq}});
    return Exit::done;
}

Json shown(const Printer& printer, const Task& task) {
    return printer.json() ? json_of(task) : readable_json_of(task);
}

Exit show_owned(Printer& printer, const std::string& guid, const Owned& owned) {
    Json document{{"guid", guid}, {"seq", owned.seq}, {"epoch", owned.epoch}};
    if (owned.task) {
        document["task"] = shown(printer, *owned.task);
    }
    printer.item(document);
    return Exit::done;
}

std::optional<Seq> epoch_of(const Arguments& arguments) {
    return arguments.integer("epoch");
}

std::string text_or_empty(const Arguments& arguments, std::string_view option) {
    return arguments.text(option).value_or("");
}

// What --payload-file or --result-file names could not be read.
Exit unreadable(const Arguments& arguments, const std::string& why) {
    complain("taskbbs: {}: {}\n", arguments.command->name, why);
    return Exit::usage;
}

}  // namespace

Exit run_desire(const Arguments& arguments) {
    auto payload = bytes_given(arguments, "payload");
    if (!payload) {
        return unreadable(arguments, payload.error());
    }
    Task task = task_of(arguments);
    task.payload = std::move(*payload);
    const auto make = [&](const std::string& guid) {
        task.guid = guid;
        return DesireArgs{task};
    };
    return each_guid(arguments, applied_columns, make, show_applied, task.payload.size());
}

Exit run_claim(const Arguments& arguments) {
    const auto executor_id = arguments.required("executor-id");
    const auto make = [&](const std::string& guid) { return ClaimArgs{guid, executor_id}; };
    return each_guid(arguments, owned_columns, make, show_owned);
}

Exit run_acquire(const Arguments& arguments) {
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    const AcquireArgs args{.executor_id = arguments.required("executor-id"),
                           .max = arguments.integer("max").value_or(1),
                           .stacks = arguments.names("stacks"),
                           .domains = arguments.names("domains"),
                           .free = resources_of(arguments),
                           .wait = milliseconds{arguments.integer("wait-ms").value_or(0)}};
    const auto acquired = connection->client().acquire(args, connection->remaining());
    if (!acquired) {
        return connection->failed(acquired.error());
    }
    Printer printer{arguments,
                    {{"guid"},
                     {"epoch"},
                     {"seq"},
                     {.key = "domain", .wide = true},
                     {.key = "stack", .wide = true},
                     {.key = "priority", .wide = true},
                     {.key = "annotation", .wide = true},
                     {"payload"}}};
    for (const Task& task : acquired->tasks) {
        printer.item(shown(printer, task));
    }
    printer.flush();
    return printer.exit();
}

Exit run_start(const Arguments& arguments) {
    const auto make = [&](const std::string& guid) {
        return StartArgs{.guid = guid,
                         .executor_id = arguments.required("executor-id"),
                         .epoch = epoch_of(arguments),
                         .container_handle = text_or_empty(arguments, "container-handle")};
    };
    return each_guid(arguments, applied_columns, make, show_applied);
}

Exit run_complete(const Arguments& arguments) {
    const auto result = bytes_given(arguments, "result");
    if (!result) {
        return unreadable(arguments, result.error());
    }
    const auto make = [&](const std::string& guid) {
        return CompleteArgs{.guid = guid,
                            .epoch = epoch_of(arguments),
                            .failed = arguments.flag("failed"),
                            .failure_reason = text_or_empty(arguments, "failure-reason"),
                            .result = *result,
                            .executor_id = arguments.text("executor-id")};
    };
    return each_guid(arguments, applied_columns, make, show_applied, result->size());
}

Exit run_reject(const Arguments& arguments) {
    const auto make = [&](const std::string& guid) {
        RejectArgs args{.guid = guid,
                        .executor_id = arguments.required("executor-id"),
                        .epoch = epoch_of(arguments),
                        .reason = text_or_empty(arguments, "reason")};
        if (const auto delay = arguments.integer("delay-ms")) {
            args.delay = milliseconds{*delay};
        }
        return args;
    };
    const auto show = [](Printer& printer, const std::string& guid, const Rejected& rejected) {
        printer.item({{"guid", guid}, {"seq", rejected.seq}, {"state", name_of(rejected.state)}});
        return Exit::done;
    };
    return each_guid(arguments, {{"guid"}, {"seq"}, {"state"}}, make, show);
}

Exit run_cancel(const Arguments& arguments) {
    if (arguments.guids.empty()) {
        return sweep_cancel(arguments);
    }
    const auto make = [&](const std::string& guid) {
        return CancelArgs{guid, text_or_empty(arguments, "reason")};
    };
    return each_guid(arguments, applied_columns, make, show_applied);
}

Exit run_resolving(const Arguments& arguments) {
    const auto make = [](const std::string& guid) { return ResolvingArgs{guid}; };
    const auto show = [](Printer& printer, const std::string& guid, const Owned& owned) {
        show_owned(printer, guid, owned);
        return owned.task && owned.task->failed ? Exit::failed : Exit::done;
    };
    return each_guid(arguments, outcome_columns, make, show);
}

Exit run_resolve(const Arguments& arguments) {
    if (arguments.guids.empty()) {
        return sweep_resolve(arguments);
    }
    const auto make = [&](const std::string& guid) {
        return ResolveArgs{guid, epoch_of(arguments)};
    };
    return each_guid(arguments, applied_columns, make, show_applied);
}

Exit run_get(const Arguments& arguments) {
    const auto make = [](const std::string& guid) { return GetArgs{guid}; };
    const auto show = [](Printer& printer, const std::string&, const Found& found) {
        printer.record(shown(printer, found.task));
        return Exit::done;
    };
    return each_guid(arguments, {}, make, show);
}

}  // namespace taskbbs::cli
