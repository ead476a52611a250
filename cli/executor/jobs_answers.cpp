// What a job does once a call was answered or its command has ended.
#include "cli/executor/jobs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

// The broker said that this task is not, or no longer, this executor's to change.
bool says_not_ours(const Error& error) {
    return error.is(Status::not_owner) || error.is(Status::wrong_state) ||
           error.is(Status::not_found);
}

}  // namespace

void Jobs::acquired(Result<Acquired> answer, Moment now) {
    acquiring_ = false;
    if (!answer) {
        say(fmt::format("acquire: {} ({})", answer.error().message, answer.error().name()));
        acquire_at_ = now + pause;
    } else if (answer->tasks.empty() && now - asked_at_ < pause) {
        // Answered before its wait was over: the board drains us, or is about to.
        acquire_at_ = asked_at_ + pause;
    } else {
        for (Task& task : answer->tasks) {
            accept(std::move(task), now);
        }
    }
    settle(now);
}

void Jobs::started(JobId id, const Result<Applied>& answer, Moment now) {
    const auto entry = jobs_.find(id);
    if (entry == jobs_.end()) {
        return;
    }
    Job& job = entry->second;
    if (answer) {
        run(id, job, now);
    } else if (says_not_ours(answer.error())) {
        drop(entry, fmt::format("not started, no longer ours ({})", answer.error().name()));
    } else if (answer.error().code == Code::refused) {
        say(fmt::format("{}: start: {}", job.guid, answer.error().message));
        job.give_back = true;
        report(id, job);
    } else {
        // It may be ours or not: it runs only once that is known.
        look(id, job);
    }
    settle(now);
}

bool Jobs::owns(const Job& job, const Result<Found>& answer) const {
    return answer && answer->task.state == State::running && answer->task.epoch == job.epoch &&
           answer->task.executor_id == options_.executor_id;
}

void Jobs::looked(JobId id, const Result<Found>& answer, Moment now) {
    const auto entry = jobs_.find(id);
    if (entry == jobs_.end()) {
        return;
    }
    Job& job = entry->second;
    const bool claimed = answer && answer->task.state == State::claimed &&
                         answer->task.epoch == job.epoch && !job.over;
    if (!answer && !answer.error().is(Status::not_found)) {
        retry(job, now);
    } else if (claimed && !job.give_back) {
        ask_start(id, job);
    } else if (!claimed && !owns(job, answer)) {
        drop(entry, job.over ? "done, or no longer ours" : "not started, no longer ours");
    } else if (job.over || job.give_back) {
        report(id, job);
    } else {
        run(id, job, now);
    }
    settle(now);
}

void Jobs::ended(JobId id, Ending ending, Moment now) {
    const auto entry = jobs_.find(id);
    if (entry == jobs_.end()) {
        return;
    }
    Job& job = entry->second;
    job.end_at.reset();
    job.kill_at.reset();
    job.over = true;
    job.ending = std::move(ending);
    if (job.too_long) {
        job.ending.limit = options_.run_timeout;
    }
    if (job.too_long || (!job.ending.result.signal && job.ending.trouble.empty())) {
        job.give_back = false;  // it came to its end before the kill
    }
    if (job.stale) {
        drop(entry, fmt::format("ended ({})", words_of(job.ending)));
    } else {
        report(id, job);
    }
    settle(now);
}

void Jobs::report(JobId id, Job& job) {
    job.phase = Phase::reporting;
    if (!job.give_back) {
        report_complete(id, job);
        return;
    }
    actions_.emplace_back(RejectTask{id,
                                     {.guid = job.guid,
                                      .executor_id = options_.executor_id,
                                      .epoch = job.epoch,
                                      .reason = "the executor was stopped"}});
}

void Jobs::report_complete(JobId id, Job& job) {
    Outcome outcome = outcome_of(job.ending, options_.form);
    actions_.emplace_back(CompleteTask{id,
                                       {.guid = job.guid,
                                        .epoch = job.epoch,
                                        .failed = outcome.failed,
                                        .failure_reason = std::move(outcome.failure_reason),
                                        .result = std::move(outcome.result),
                                        .executor_id = options_.executor_id}});
}

void Jobs::completed(JobId id, const Result<Applied>& answer, Moment now) {
    const auto entry = jobs_.find(id);
    if (entry == jobs_.end()) {
        return;
    }
    Job& job = entry->second;
    if (answer) {
        drop(entry, fmt::format("completed ({})", words_of(job.ending)));
    } else if (says_not_ours(answer.error())) {
        drop(entry, fmt::format("outcome not taken, no longer ours ({})", answer.error().name()));
    } else if (answer.error().is(Status::too_large) && !job.cut) {
        // The broker takes less than it said when this executor began.
        CommandResult& result = job.ending.result;
        result = {.exit = result.exit, .signal = result.signal, .truncated = true};
        job.cut = true;
        report(id, job);
    } else {
        say(fmt::format("{}: complete: {}", job.guid, answer.error().message));
        retry(job, now);
    }
    settle(now);
}

void Jobs::rejected(JobId id, const Result<Rejected>& answer, Moment now) {
    const auto entry = jobs_.find(id);
    if (entry != jobs_.end()) {
        drop(entry,
             answer ? "given back" : fmt::format("not given back ({})", answer.error().name()));
    }
    settle(now);
}

}  // namespace taskbbs::cli
