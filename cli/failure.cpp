// Errors in words.
#include "cli/failure.hpp"

#include "cli/shown_text.hpp"
#include "cli/socket_trouble.hpp"

#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

Exit exit_of_refusal(Status status) {
    switch (status) {
        case Status::not_found:
            return Exit::not_found;
        case Status::denied:
            return Exit::denied;
        case Status::invalid_request:
        case Status::too_large:
            return Exit::usage;
        default:
            return Exit::refused;
    }
}

std::string subject_of(const Attempt& attempt) {
    return attempt.guid.empty() ? fmt::format("taskbbs: {}", attempt.command)
                                : fmt::format("taskbbs: {} {}", attempt.command, attempt.guid);
}

std::string no_answer(const Error& error, const Attempt& attempt) {
    const auto what = fmt::format("{}: no answer from {} within {}",
                                  subject_of(attempt),
                                  attempt.endpoint,
                                  spelled(attempt.timeout));
    if (!error.outcome_unknown) {
        return fmt::format(
            "{}; nothing was done\n{}\n",
            what,
            socket_trouble(attempt.endpoint)
                .value_or("Does taskbbsd serve there? --endpoint or TASKBBS_ENDPOINT name another, "
                          "--timeout waits longer."));
    }
    const auto look = attempt.guid.empty() ? std::string{"taskbbs list"}
                                           : fmt::format("taskbbs get {}", attempt.guid);
    return fmt::format(
        "{}; it may have been done all the same\nLook before you try again: {}\n", what, look);
}

// The owner, where the refusal names one that its message may not.
std::string details(const Error& error) {
    std::string text;
    if (error.executor_id && !error.executor_id->empty()) {
        text += fmt::format(", owner {}", *error.executor_id);
    }
    if (error.epoch && *error.epoch != 0) {
        text += fmt::format(", epoch {}", *error.epoch);
    }
    if (error.oldest) {
        text += fmt::format(", oldest kept {}", *error.oldest);
    }
    return text;
}

}  // namespace

Exit exit_of(const Error& error) {
    if (error.outcome_unknown) {
        return Exit::unknown;
    }
    switch (error.code) {
        case Code::refused:
            return exit_of_refusal(error.status);
        case Code::unusable_endpoint:
        case Code::unusable_key:
            return Exit::usage;
        case Code::overloaded:
            return Exit::refused;
        default:
            return Exit::unreachable;
    }
}

std::string spelled(milliseconds duration) {
    return duration.count() % 1000 == 0 ? fmt::format("{}s", duration.count() / 1000)
                                        : fmt::format("{}ms", duration.count());
}

std::string explained(const Error& error, const Attempt& attempt) {
    if (error.code == Code::timed_out || (error.outcome_unknown && error.code == Code::closed)) {
        return no_answer(error, attempt);
    }
    if (error.code == Code::refused) {
        return fmt::format("{}: {} ({}{})\n",
                           subject_of(attempt),
                           escaped(error.message),
                           escaped(error.name()),
                           escaped(details(error)));
    }
    return fmt::format("{}: {} ({}, {})\n",
                       subject_of(attempt),
                       escaped(error.message),
                       escaped(error.name()),
                       attempt.endpoint);
}

}  // namespace taskbbs::cli
