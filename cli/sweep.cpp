// Filters, tallies.
#include "cli/sweep.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::cli {

bool Filter::matches(const Task& task) const {
    return std::find(states.begin(), states.end(), task.state) != states.end() &&
           task.created_at <= created_by;
}

Filter filter_of(const Arguments& arguments, const std::vector<State>& usual, Time now) {
    Filter filter{.list = {.domain = arguments.text("domain"), .limit = protocol::max_list},
                  .states = usual};
    if (const auto word = arguments.text("state")) {
        filter.states = {named<State>(*word).value()};
    }
    // Of several states a task may go from one to another while pages are fetched: only a list of
    // all misses none.
    if (filter.states.size() == 1) {
        filter.list.state = filter.states.front();
    }
    if (const auto age = arguments.duration("older-than")) {
        filter.created_by = now - *age;
    }
    return filter;
}

Json json_of_swept(const Task& task) {
    return {{"guid", task.guid},
            {"domain", task.domain},
            {"state", name_of(task.state)},
            {"created_at", task.created_at.time_since_epoch().count()},
            {"seq", task.seq}};
}

std::string summary(const Tally& tally, std::string_view done) {
    auto text = fmt::format("{} {}", tally.done, done);
    if (tally.changed > 0) {
        text += fmt::format(", {} had changed meanwhile", tally.changed);
    }
    if (tally.failed > 0) {
        text += fmt::format(", {} not", tally.failed);
    }
    return text;
}

bool is_change(const Error& error) {
    return !error.outcome_unknown && (error.is(Status::not_found) ||
                                      error.is(Status::wrong_state) || error.is(Status::not_owner));
}

}  // namespace taskbbs::cli
