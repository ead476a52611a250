// What a job does once a call was answered.
#include "protocol/document.hpp"
#include "sdk/verdict.hpp"
#include "sdk/work.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::sdk {

namespace {

// The broker said that this task is not, or no longer, this executor's to change.
bool says_not_ours(const Error& error) {
    return error.is(Status::not_owner) || error.is(Status::wrong_state) ||
           error.is(Status::not_found);
}

}  // namespace

std::string reason_of(std::string_view text) {
    constexpr std::size_t longest_character = 4;
    std::string reason(text.substr(0, protocol::max_reason));
    for (std::size_t cut = 1; cut < longest_character && reason.size() < text.size(); ++cut) {
        if (protocol::is_utf8(reason)) {
            break;
        }
        reason.pop_back();
    }
    if (!protocol::is_utf8(reason)) {
        std::replace_if(
            reason.begin(),
            reason.end(),
            [](char letter) { return (static_cast<unsigned char>(letter) & 0x80U) != 0; },
            '?');
    }
    return reason;
}

void WorkMachine::on_acquired(const Result<Acquired>& answer, Instant now) {
    acquiring_ = false;
    if (!answer) {
        acquire_at_ = now + settings_.pause;
        // Another session of this name took the wait over, or the board doesn't let it: whatever
        // it is, asking on is all that helps; presence tells when this executor is over.
    } else if (answer->tasks.empty() && now - asked_at_ < settings_.pause) {
        // Answered before its wait was over: the board drains us, or is about to.
        acquire_at_ = asked_at_ + settings_.pause;
    } else {
        for (const Task& task : answer->tasks) {
            accept(task);
        }
    }
    settle(now);
}

void WorkMachine::on_started(JobId id, const Result<Applied>& answer, Instant now) {
    const auto entry = jobs_.find(id);
    if (entry != jobs_.end()) {
        Job& job = entry->second;
        if (answer) {
            run(id, job);
        } else if (answer.error().outcome_unknown || passes_by_itself(answer.error())) {
            look(id, job);  // it may be ours or not: it runs only once that is known
        } else if (says_not_ours(answer.error())) {
            drop(entry, Fate::lost);
        } else {
            job.ending = GiveBack{.reason = "not started: " + answer.error().message};
            report(id, job);
        }
    }
    settle(now);
}

bool WorkMachine::is_running(const Job& job, const Task& found) const {
    return found.state == State::running && found.epoch == job.task.epoch &&
           found.executor_id == settings_.executor_id;
}

// The outcome that is there is the one that was sent, as far as that can be told.
bool WorkMachine::has_taken(const Job& job, const Task& found) const {
    const auto* outcome = job.ending ? std::get_if<Outcome>(&*job.ending) : nullptr;
    return outcome != nullptr && job.doubtful &&
           (found.state == State::completed || found.state == State::resolving) &&
           found.executor_id == settings_.executor_id && found.failed == outcome->failed &&
           found.failure_reason == reason_of(outcome->failure_reason) &&
           found.result == outcome->result;
}

void WorkMachine::on_looked(JobId id, const Result<Found>& answer, Instant now) {
    const auto entry = jobs_.find(id);
    if (entry == jobs_.end()) {
        settle(now);
        return;
    }
    Job& job = entry->second;
    const bool gone = !answer && answer.error().is(Status::not_found);
    const bool claimed =
        answer && answer->task.state == State::claimed && answer->task.epoch == job.task.epoch;
    if (!answer && !gone) {
        job.retry_at = now + settings_.pause;
    } else if (gone) {
        drop(entry, job.doubtful ? Fate::unknown : Fate::lost);
    } else if (claimed || is_running(job, answer->task)) {
        if (job.ending) {
            report(id, job);
        } else if (claimed) {
            start(id, job);
        } else {
            run(id, job);
        }
    } else if (job.doubtful && std::holds_alternative<GiveBack>(*job.ending)) {
        drop(entry, Fate::given_back);
    } else {
        drop(entry, has_taken(job, answer->task) ? Fate::completed : Fate::lost);
    }
    settle(now);
}

void WorkMachine::on_completed(JobId id, const Result<Applied>& answer, Instant now) {
    const auto entry = jobs_.find(id);
    if (entry != jobs_.end()) {
        Job& job = entry->second;
        if (answer) {
            drop(entry, Fate::completed);
        } else if (answer.error().outcome_unknown || passes_by_itself(answer.error())) {
            job.doubtful = job.doubtful || answer.error().outcome_unknown;
            job.phase = Phase::looking;
            job.retry_at = now + settings_.pause;
        } else if (says_not_ours(answer.error())) {
            drop(entry, Fate::lost);
        } else {
            on_outcome_refused(id, job, answer.error());
        }
    }
    settle(now);
}

// What the function came to is nothing that the board takes: too long, most likely.
void WorkMachine::on_outcome_refused(JobId id, Job& job, const Error& error) {
    if (std::exchange(job.replaced, true)) {
        drop(jobs_.find(id), Fate::lost);
        return;
    }
    job.ending =
        Outcome{.failed = true, .failure_reason = "the outcome was refused: " + error.message};
    report(id, job);
}

void WorkMachine::on_rejected(JobId id, const Result<Rejected>& answer, Instant now) {
    const auto entry = jobs_.find(id);
    if (entry != jobs_.end()) {
        Job& job = entry->second;
        if (answer) {
            drop(entry, Fate::given_back);
        } else if (answer.error().outcome_unknown || passes_by_itself(answer.error())) {
            job.doubtful = job.doubtful || answer.error().outcome_unknown;
            job.phase = Phase::looking;
            job.retry_at = now + settings_.pause;
        } else {
            drop(entry, Fate::lost);
        }
    }
    settle(now);
}

void WorkMachine::on_left(const Result<Applied>& answer) {
    if (!answer && !answer.error().is(Status::not_found)) {
        error_ = answer.error();
    }
    over_ = true;
}

}  // namespace taskbbs::sdk
