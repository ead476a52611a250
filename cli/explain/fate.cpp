// A function for each column of the fate of a task.
#include "cli/explain/fate.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

constexpr std::string_view lost_reason = "executor disappeared before completion";

bool is_delayed(const Explained& facts) {
    return facts.task.state == State::pending && facts.task.not_before > facts.at;
}

bool is_paused(const Explained& facts) {
    return facts.paused_since && !is_delayed(facts);
}

std::string_view awaited(const Explained& facts) {
    constexpr auto verbs =
        std::to_array<std::string_view>({"claim", "start", "complete", "resolving", "resolve", ""});
    if (facts.doomed) {
        return "executor_lost";
    }
    if (is_paused(facts)) {
        return "resume";
    }
    return is_delayed(facts) ? "not_before" : verbs[static_cast<std::size_t>(facts.task.state)];
}

std::string summary_of(const Explained& facts) {
    const Task& task = facts.task;
    if (facts.doomed) {
        return fmt::format("its executor {} is gone, and it is about to be ended for that",
                           task.executor_id);
    }
    switch (task.state) {
        case State::pending:
            if (is_paused(facts)) {
                return "its queue is paused, and it waits for somebody to resume it";
            }
            return is_delayed(facts) ? "it waits for its not_before, then for an executor"
                                     : "it waits for an executor to claim it";
        case State::claimed:
            return fmt::format("it waits for executor {} to start it", task.executor_id);
        case State::running:
            return fmt::format("it waits for executor {} to complete it", task.executor_id);
        case State::completed:
            return "it waits for a requester to take its outcome";
        case State::resolving:
            return "it waits for the requester that took its outcome to resolve it";
        case State::resolved:
            break;
    }
    return "it is gone";
}

Time waiting_since(const Explained& facts) {
    const Task& task = facts.task;
    switch (task.state) {
        case State::pending:
            return std::min(task.pending_since, task.updated_at);  // one may lie ahead
        case State::completed:
            return task.completed_at;
        default:
            return task.updated_at;
    }
}

// ---- what is done to it ----------------------------------------------------------------------

std::string loss_of(const Task& task) {
    const int losses = task.rejection_count + 1;
    if (task.on_executor_lost == protocol::OnExecutorLost::fail) {
        return fmt::format("it fails: {}", lost_reason);
    }
    return losses > task.max_rejections
               ? fmt::format("it fails: rejected {} times: {}", losses, lost_reason)
               : "it goes back to pending";
}

std::string ordinal(std::int64_t number) {
    const bool teen = number / 10 % 10 == 1;
    const auto* const ending = teen               ? "th"
                               : number % 10 == 1 ? "st"
                               : number % 10 == 2 ? "nd"
                               : number % 10 == 3 ? "rd"
                                                  : "th";
    return fmt::format("{}{}", number, ending);
}

std::string then(Deed deed, const Explained& facts) {
    const bool pending = facts.task.state == State::pending;
    switch (deed) {
        case Deed::lose:
            return loss_of(facts.task);
        case Deed::fail:
            return pending ? "it fails: not claimed within time limit"
                           : "it fails: run time limit passed";
        case Deed::demote:
            return facts.task.state == State::claimed ? "it goes back to pending"
                                                      : "it goes back to completed";
        case Deed::expire:
            return "it is removed, its outcome not taken";
        case Deed::kick:
            break;
    }
    return facts.kicks == 0 ? "it is announced again"
                            : fmt::format("it is announced again, for the {} time in a row",
                                          ordinal(facts.kicks + 1));
}

// The first pass at or after `due`.
std::optional<Time> pass_at(const Explained& facts, Time due) {
    if (!facts.next_pass_at || due <= *facts.next_pass_at || facts.every <= milliseconds{0}) {
        return facts.next_pass_at;
    }
    const auto between = due - *facts.next_pass_at;
    const auto every = Duration{facts.every};
    return *facts.next_pass_at + every * ((between + every - Duration{1}) / every);
}

// Its executor's absence, where that is known.
std::optional<Step> loss(const Explained& facts) {
    Step step{.deed = Deed::lose, .then = then(Deed::lose, facts), .due_at = facts.at, .at = {}};
    if (facts.doomed) {
        step.at = facts.at;
    } else if (facts.owner && !facts.owner->present) {
        step.at = pass_at(facts, facts.at);
    } else if (facts.owner && facts.owner->expires_at <= facts.at) {
        step.due_at = *facts.owner->expires_at;
        step.at = facts.owner->lost_at;
    } else {
        return std::nullopt;
    }
    return step;
}

bool comes_before(const Step& a, const Step& b) {
    const Time first = a.at.value_or(a.due_at);
    const Time second = b.at.value_or(b.due_at);
    return first != second ? first < second : a.deed < b.deed;
}

std::vector<Step> steps_of(const Explained& facts) {
    std::vector<Step> steps;
    const auto add = [&](Deed deed, std::optional<Time> due) {
        if (due) {
            steps.push_back({deed, then(deed, facts), *due, pass_at(facts, *due)});
        }
    };
    add(Deed::fail, facts.fail_at);
    add(Deed::demote, facts.demote_at);
    add(Deed::expire, facts.expire_at);
    add(Deed::kick, facts.read_only ? std::nullopt : facts.kick_at);
    if (const auto lost = loss(facts)) {
        steps.push_back(*lost);
    }
    std::sort(steps.begin(), steps.end(), comes_before);
    // What moves the task makes an end of what was to come.
    const auto moves = std::find_if(
        steps.begin(), steps.end(), [](const Step& step) { return step.deed != Deed::kick; });
    if (moves != steps.end()) {
        steps.erase(moves + 1, steps.end());
    }
    return steps;
}

}  // namespace

std::string_view word_of(Deed deed) {
    constexpr auto words =
        std::to_array<std::string_view>({"lose", "fail", "demote", "expire", "kick"});
    return words[static_cast<std::size_t>(deed)];
}

Fate fate_of(const Explained& facts) {
    Fate fate{.waits_for = awaited(facts),
              .summary = summary_of(facts),
              .since = waiting_since(facts),
              .until = std::nullopt,
              .then = {},
              .steps = steps_of(facts)};
    if (is_delayed(facts)) {
        fate.until = facts.task.not_before;
        fate.then = "executors may take it";
    } else if (!fate.steps.empty() && fate.steps.back().deed != Deed::kick) {
        const Step& last = fate.steps.back();
        fate.until = last.deed == Deed::lose ? last.at : last.due_at;
        fate.then = fate.steps.back().then;
    }
    return fate;
}

std::optional<Time> lease_end(const Explained& facts) {
    switch (facts.task.state) {
        case State::claimed:
        case State::resolving:
            return facts.demote_at;
        case State::running:
            return facts.fail_at;
        default:
            return std::nullopt;
    }
}

}  // namespace taskbbs::cli
