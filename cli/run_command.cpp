// `taskbbs run` and `taskbbs wait`: a batch of tasks on the board (cli/batch/), made of lines of
// input or picked up by its name.
#include "cli/batch/driver.hpp"
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/printer.hpp"
#include "sdk/entropy.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

using batch::Batch;
using batch::FoundTask;

constexpr std::int64_t default_jobs = 1000;
constexpr milliseconds broker_patience{30'000};

batch::Moment present() {
    return std::chrono::steady_clock::now();
}

Exit wrong_usage(const Arguments& arguments, std::string_view why) {
    complain("taskbbs: {}: {}\n", arguments.command->name, why);
    return Exit::usage;
}

// What is on the board of a batch, and as of which event.
struct Listing {
    std::vector<FoundTask> tasks;
    std::string domain;  // of them; empty where there are none
    Seq seq = 0;
};

Result<Listing> list_batch(Connection& board,
                           const std::string& name,
                           const std::optional<std::string>& domain) {
    ListArgs args{.domain = domain, .limit = 1000};
    Listing listing;
    do {
        const auto page = board.client().list(args, board.remaining());
        if (!page) {
            return tl::unexpected{page.error()};
        }
        // What happens while it is paged through is watched for from its beginning on.
        listing.seq = listing.seq == 0 ? page->seq : listing.seq;
        for (const Task& task : page->tasks) {
            const auto key = batch::key_in(task.guid, name);
            if (key && task.type == batch::task_type) {
                listing.tasks.push_back({*key, task.state, task.result_size});
                listing.domain = task.domain;
            }
        }
        args.cursor = page->cursor.value_or("");
    } while (!args.cursor.empty());
    return listing;
}

// A new batch has nothing on the board: that it has not shows when its tasks are desired.
Result<Listing> list_nothing(Connection& board, const std::string& domain) {
    const auto page = board.client().list({.domain = domain, .limit = 1}, board.remaining());
    if (!page) {
        return tl::unexpected{page.error()};
    }
    return Listing{.seq = page->seq};
}

Watch watch_completed(Client& client,
                      const std::string& name,
                      const Listing& listing,
                      batch::Inbox& inbox,
                      const std::shared_ptr<std::atomic<bool>>& heard) {
    const auto on_event = [&inbox, name](const Event& event) {
        if (batch::key_in(event.task.guid, name)) {
            inbox.post([task = event.task](Batch& batch, batch::Moment) { batch.completed(task); });
        }
    };
    const auto on_reset = [&inbox](const Reset&) {
        inbox.post([](Batch& batch, batch::Moment) { batch.look_at_all(); });
    };
    const auto on_end = [&inbox](const std::optional<Error>& error) {
        if (error && error->code != Code::closed) {
            inbox.post([error](Batch& batch, batch::Moment at) {
                batch.fatal(exit_of(*error), error->message, at);
            });
        }
    };
    return client.watch({.streams = {Stream::completed},
                         .domains = {listing.domain},
                         .from = WatchFrom::after,
                         .after = listing.seq},
                        {.on_event = on_event,
                         .on_reset = on_reset,
                         .on_caught_up = [heard](Seq /*position*/) { *heard = true; },
                         .on_end = on_end});
}

// Calls go out by the one, what comes of them arrives in the other.
struct Exchange {
    Connection& board;
    batch::Inbox& inbox;
};

// The batch to its end: with a watch where its outcomes are waited for.
Exit drive(const Arguments& arguments,
           Exchange exchange,
           Batch& batch,
           const Listing& listing,
           batch::DriverOptions options) {
    auto& client = exchange.board.client();
    const auto name = options.name;
    const bool picks_up = !options.source;
    const bool detach = arguments.flag("detach");
    Printer documents{arguments};
    batch::Screen screen{{.command = std::string{arguments.command->name},
                          .name = name,
                          .documents = documents.json() ? &documents : nullptr},
                         present()};
    const auto heard = std::make_shared<std::atomic<bool>>(false);
    if (!detach) {
        options.heard = heard;
    }
    batch::Driver driver{std::move(options), batch, client, exchange.inbox, screen};
    Watch watch;
    if (!detach) {
        watch = watch_completed(client, name, listing, exchange.inbox, heard);
    }
    for (const FoundTask& task : listing.tasks) {
        batch.found(task, present());
    }
    if (picks_up) {
        batch.pick_up(present());
    }
    const Exit exit = driver.run();
    if (!detach || exit != Exit::done) {
        screen.finish(batch.tally(), present());
    }
    return exit;
}

Exit say_name(const Arguments& arguments, const std::string& name, std::uint64_t tasks) {
    Printer printer{arguments};
    if (printer.json()) {
        printer.record({{"run", name}, {"tasks", tasks}}, name);
    } else {
        printer.words(name + "\n");
    }
    printer.flush();
    return printer.exit();
}

std::optional<batch::BatchOptions> batch_options_of(const Arguments& arguments) {
    batch::BatchOptions options{
        .mode = arguments.flag("detach") ? batch::Mode::hand_over : batch::Mode::attend,
        .jobs = arguments.integer("jobs").value_or(default_jobs),
        .retries = arguments.integer("retries").value_or(0),
        .keep_order = arguments.flag("keep-order")};
    options.task.domain = arguments.text("domain").value_or("default");
    options.task.stack = arguments.text("stack").value_or("");
    options.task.run_timeout = arguments.duration("timeout").value_or(milliseconds{0});
    options.task.time_to_claim =
        arguments.duration("claim-within").value_or(protocol::no_time_to_claim_limit);
    if (arguments.has("claim-within") &&
        (options.task.time_to_claim <= milliseconds{0} ||
         options.task.time_to_claim >= protocol::no_time_to_claim_limit)) {
        wrong_usage(arguments,
                    "--claim-within takes from 1ms to 1193h; without it nothing is late");
        return std::nullopt;
    }
    return options;
}

}  // namespace

Exit run_run(const Arguments& arguments) {
    auto options = batch_options_of(arguments);
    if (!options) {
        return Exit::usage;
    }
    if (arguments.text("colsep") == "") {
        return wrong_usage(arguments, "--colsep takes at least one byte");
    }
    batch::Source source{.command = {arguments.words, arguments.text("colsep")},
                         .line_end = arguments.flag("null") ? '\0' : '\n'};
    const auto new_name = batch::name_from(sdk::entropy());
    options->name = arguments.text("name").value_or(new_name);
    if (const auto path = arguments.text("resume")) {
        auto log = batch::JobLogFile::open(*path,
                                           {.command = source.command.text(),
                                            .name = arguments.text("name"),
                                            .new_name = new_name});
        if (!log) {
            return wrong_usage(arguments, log.error());
        }
        options->name = log->name();
        options->resumed = log->resumed();
        source.log = std::move(*log);
    }
    batch::Inbox inbox;  // outlives the client, whose callbacks use it
    auto board = Connection::open(arguments, broker_patience);
    if (!board) {
        return Exit::usage;
    }
    const auto& domain = options->task.domain;
    auto listing =
        options->resumed ? list_batch(*board, options->name, domain) : list_nothing(*board, domain);
    if (!listing) {
        return board->failed(listing.error());
    }
    listing->domain = domain;
    Batch batch{*options};
    Exit exit = drive(arguments,
                      {*board, inbox},
                      batch,
                      *listing,
                      {.name = options->name,
                       .leaves_open = options->mode == batch::Mode::hand_over,
                       .source = std::move(source)});
    if (options->mode == batch::Mode::hand_over) {
        exit = worse(exit, say_name(arguments, options->name, batch.tally().handed_over));
    }
    return exit;
}

Exit run_wait(const Arguments& arguments) {
    const auto& name = arguments.guids.front();
    batch::Inbox inbox;  // outlives the client, whose callbacks use it
    auto board = Connection::open(arguments);
    if (!board) {
        return Exit::usage;
    }
    const auto listing = list_batch(*board, name, arguments.text("domain"));
    if (!listing) {
        return board->failed(listing.error());
    }
    if (listing->tasks.empty()) {
        complain(
            "taskbbs: wait: there is no task of a run {} on the board\nIs the name right? "
            "Outcomes that were shown have left the board.\n",
            name);
        return Exit::not_found;
    }
    // Any task tells how the run was meant; one that has gone meanwhile does not matter.
    const auto first =
        board->client().get({batch::guid_of(name, listing->tasks.front().key)}, board->remaining());
    if (!first && !first.error().is(Status::not_found)) {
        return board->failed(first.error());
    }
    Batch batch{{.name = name,
                 .mode = batch::Mode::pick_up,
                 .keep_order = first && batch::note_in(first->task.annotation).keep_order}};
    return drive(arguments, {*board, inbox}, batch, *listing, {.name = name, .leaves_open = true});
}

}  // namespace taskbbs::cli
