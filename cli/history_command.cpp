// `taskbbs history`: replays the events of single guids, page by page. The broker reads them on a
// thread of its own and finds them by the indexes of the journal's segments, so neither its loop
// nor its disk has much to do with it.
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/history/report.hpp"
#include "cli/printer.hpp"

#include <chrono>
#include <cstdio>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

struct Kept {
    std::vector<Event> events;
    std::optional<Seq> oldest;  // of all events, where the first ones are not kept any more
};

// All that is kept of a guid. Where the journal does not go back far enough, it begins with the
// oldest event; that may move on while pages are read.
Result<Kept> read_all(Connection& connection, const std::string& guid) {
    Kept kept;
    ReplayArgs args{.guid = guid, .limit = 10'000};
    for (;;) {
        auto page = connection.client().replay(args, connection.remaining());
        if (!page) {
            const Error& error = page.error();
            const Seq from = error.oldest.value_or(0) - 1;
            if (!error.is(Status::truncated) || from <= args.after) {
                return tl::unexpected{error};
            }
            kept.oldest = error.oldest;
            args.after = from;
            continue;
        }
        for (Event& event : page->events) {
            kept.events.push_back(std::move(event));
        }
        args.after = page->next;
        if (page->next >= page->seq) {
            return kept;
        }
    }
}

Exit nothing_kept(const std::string& guid, const Kept& kept) {
    complain("taskbbs: history {}: no event of it is kept{}\n",
             guid,
             kept.oldest ? fmt::format("; the journal goes back to event {}", *kept.oldest)
                         : std::string{": it was never desired"});
    return Exit::not_found;
}

void show(Printer& printer, const std::string& guid, Kept kept) {
    const Time now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    for (const Life& life : lives_of(std::move(kept.events))) {
        if (printer.json()) {
            printer.record(life_as_json(guid, life, kept.oldest, now));
        } else {
            printer.words(life_in_words(guid, life, kept.oldest, now, printer.terminal()));
        }
    }
}

}  // namespace

Exit run_history(const Arguments& arguments) {
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    Printer printer{arguments};
    Exit exit = Exit::done;
    for (const std::string& guid : arguments.guids) {
        auto kept = read_all(*connection, guid);
        if (!kept) {
            const Exit failed = connection->failed(kept.error(), guid);
            exit = worse(exit, failed);
            if (failed == Exit::unreachable) {
                break;  // for the others as well
            }
        } else if (kept->events.empty()) {
            exit = worse(exit, nothing_kept(guid, *kept));
        } else {
            show(printer, guid, *std::move(kept));
        }
    }
    printer.flush();
    return worse(exit, printer.exit());
}

}  // namespace taskbbs::cli
