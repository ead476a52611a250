// Page after page, in two waves each: what has not ended is ended, then all is resolved.
#include "cli/bench/cleaning.hpp"

#include "cli/sweep.hpp"
#include "cli/take_and_resolve.hpp"

#include <utility>
#include <vector>

namespace taskbbs::cli::bench {
namespace {

using Outcomes = std::vector<std::future<Result<Applied>>>;

// Somebody else may have been faster: the next look at the board will tell.
std::optional<Error> first_error(Outcomes outcomes) {
    std::optional<Error> error;
    for (auto& outcome : outcomes) {
        const auto applied = outcome.get();
        if (!applied && !is_change(applied.error())) {
            error = error.value_or(applied.error());
        }
    }
    return error;
}

}  // namespace

std::optional<Error> clear(Connection& connection, const std::string& domain) {
    for (;;) {
        const ListArgs args{.domain = domain, .limit = protocol::max_list};
        const auto page = connection.client().list(args, connection.remaining());
        if (!page) {
            return page.error();
        }
        if (page->tasks.empty()) {
            return std::nullopt;
        }
        Outcomes ended;
        for (const Task& task : page->tasks) {
            if (task.state != State::completed && task.state != State::resolving) {
                ended.push_back(connection.send(CancelArgs{task.guid, "bench was cut off"}));
            }
        }
        if (auto error = first_error(std::move(ended))) {
            return error;
        }
        Outcomes resolved;
        for (const Task& task : page->tasks) {
            resolved.push_back(task.state == State::resolving
                                   ? connection.send(ResolveArgs{task.guid, task.epoch})
                                   : take_and_resolve(connection, task.guid));
        }
        if (auto error = first_error(std::move(resolved))) {
            return error;
        }
    }
}

}  // namespace taskbbs::cli::bench
