// `taskbbs explain`: asks the broker what becomes of tasks, and looks through the executors for
// those that still wait for one.
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/explain/report.hpp"
#include "cli/printer.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

struct Case {
    Explained facts;
    std::optional<Offers> offers;  // of a pending one
};

Exit add_cases(Connection& connection, const Arguments& arguments, std::vector<Case>& cases) {
    Exit exit = Exit::done;
    for (const std::string& guid : arguments.guids) {
        auto answer = connection.client().explain({guid}, connection.remaining());
        if (!answer) {
            const Exit failed = connection.failed(answer.error(), guid);
            exit = worse(exit, failed);
            if (failed == Exit::not_found) {
                complain("What became of it: taskbbs history {}\n", guid);
            } else if (failed == Exit::unreachable) {
                break;  // for the others as well
            }
            continue;
        }
        Case& added = cases.emplace_back();
        added.facts = std::move(*answer);
        if (added.facts.task.state == State::pending) {
            added.offers.emplace(added.facts.task);
        }
    }
    return exit;
}

// Page by page: the broker may have 200,000 executors.
Exit look_at_executors(Connection& connection, std::vector<Case>& cases) {
    const bool any_pending =
        std::any_of(cases.begin(), cases.end(), [](const Case& each) { return each.offers; });
    ExecutorsArgs args{.limit = 1000, .cursor = {}};
    for (bool more = any_pending; more;) {
        const auto page = connection.client().executors(args, connection.remaining());
        if (!page) {
            return connection.failed(page.error());
        }
        for (Case& each : cases) {
            if (!each.offers) {
                continue;
            }
            for (const ExecutorInfo& executor : page->executors) {
                each.offers->add(executor);
            }
        }
        more = page->cursor.has_value();
        args.cursor = page->cursor.value_or("");
    }
    return Exit::done;
}

}  // namespace

Exit run_explain(const Arguments& arguments) {
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    std::vector<Case> cases;
    const Exit exit = add_cases(*connection, arguments, cases);
    if (const Exit failed = look_at_executors(*connection, cases); failed != Exit::done) {
        return worse(exit, failed);
    }
    Printer printer{arguments};
    for (const Case& each : cases) {
        const Offers* offers = each.offers ? &*each.offers : nullptr;
        if (printer.json()) {
            printer.record(explained_as_json(each.facts, offers));
        } else {
            printer.words(explained_in_words(each.facts, offers));
        }
    }
    printer.flush();
    return worse(exit, printer.exit());
}

}  // namespace taskbbs::cli
