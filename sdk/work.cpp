// How jobs begin, are interrupted and make room; what the board answers is work_answers.cpp.
#include "sdk/work.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::sdk {

namespace {

std::optional<std::int64_t> less(std::optional<std::int64_t> amount, std::int64_t used) {
    return amount ? std::optional(std::max<std::int64_t>(0, *amount - used)) : std::nullopt;
}

}  // namespace

// ---- what the board says ---------------------------------------------------------------------

void WorkMachine::on_presence(Presence presence, const std::optional<Error>& error, Instant now) {
    present_ = presence == Presence::present || presence == Presence::unsure;
    if (error && !over_) {
        expelled_ = true;
        error_ = error;
        for (auto entry = jobs_.begin(); entry != jobs_.end();) {
            mark_stale(entry++);
        }
    }
    settle(now);
}

void WorkMachine::on_draining(bool on, Instant now) {
    draining_ = on;
    settle(now);
}

void WorkMachine::on_stale(const std::string& guid, Instant now) {
    // Of several, the newest is the one that presence named.
    const auto newest = std::find_if(jobs_.rbegin(), jobs_.rend(), [&](const auto& entry) {
        return entry.second.task.guid == guid;
    });
    if (newest != jobs_.rend()) {
        mark_stale(std::prev(newest.base()));
    }
    settle(now);
}

// From here on the job is silent; it is gone as soon as its function has returned. One whose
// outcome is under way may have become stale by that very outcome: the answer to it decides.
void WorkMachine::mark_stale(Jobs::iterator entry) {
    auto& [id, job] = *entry;
    const bool answer_is_due = job.phase == Phase::reporting || (job.doubtful && job.ending);
    if (job.stale || (answer_is_due && !expelled_)) {
        return;
    }
    job.stale = true;
    if (job.phase == Phase::running) {
        actions_.emplace_back(InterruptWork{id});
    } else {
        drop(entry, job.doubtful ? Fate::unknown : Fate::lost);
    }
}

// ---- a job's way -----------------------------------------------------------------------------

void WorkMachine::accept(const Task& task) {
    // It came back before its former function had returned: one at a time.
    for (auto entry = jobs_.begin(); entry != jobs_.end();) {
        const auto older = entry++;
        if (older->second.task.guid == task.guid) {
            mark_stale(older);
        }
    }
    const bool behind = std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& other) {
        return other.second.task.guid == task.guid;
    });
    const JobId id = next_id_++;
    Job& job = jobs_.emplace(id, Job{.task = task}).first->second;
    if (stopping_) {
        give_back(id, job);
    } else if (!behind) {
        start(id, job);
    }
}

void WorkMachine::start(JobId id, Job& job) {
    job.phase = Phase::starting;
    actions_.emplace_back(StartWork{id,
                                    {.guid = job.task.guid,
                                     .executor_id = settings_.executor_id,
                                     .epoch = job.task.epoch,
                                     .container_handle = settings_.container_handle}});
}

void WorkMachine::look(JobId id, Job& job) {
    job.phase = Phase::looking;
    job.retry_at.reset();
    actions_.emplace_back(LookAtWork{id, job.task.guid});
}

void WorkMachine::run(JobId id, Job& job) {
    if (stopping_) {
        give_back(id, job);
        return;
    }
    job.phase = Phase::running;
    actions_.emplace_back(RunWork{id, job.task});
}

void WorkMachine::give_back(JobId id, Job& job) {
    job.ending = GiveBack{.reason = "the executor was stopped", .delay = milliseconds(0)};
    report(id, job);
}

void WorkMachine::report(JobId id, Job& job) {
    job.phase = Phase::reporting;
    if (const auto* given_back = std::get_if<GiveBack>(&*job.ending)) {
        std::optional<milliseconds> delay = given_back->delay;
        if (delay) {
            delay = std::clamp(*delay, milliseconds(0), milliseconds(protocol::max_delay_ms));
        }
        actions_.emplace_back(RejectWork{id,
                                         {.guid = job.task.guid,
                                          .executor_id = settings_.executor_id,
                                          .epoch = job.task.epoch,
                                          .reason = reason_of(given_back->reason),
                                          .delay = delay}});
        return;
    }
    const auto& outcome = std::get<Outcome>(*job.ending);
    actions_.emplace_back(CompleteWork{id,
                                       {.guid = job.task.guid,
                                        .epoch = job.task.epoch,
                                        .failed = outcome.failed,
                                        .failure_reason = reason_of(outcome.failure_reason),
                                        .result = outcome.result,
                                        .executor_id = settings_.executor_id}});
}

void WorkMachine::on_ended(JobId id, Ending ending, Instant now) {
    const auto entry = jobs_.find(id);
    if (entry != jobs_.end()) {
        Job& job = entry->second;
        job.ending = std::move(ending);
        if (job.stale) {
            drop(entry, Fate::lost);
        } else {
            report(id, job);
        }
    }
    settle(now);
}

void WorkMachine::drop(Jobs::iterator entry, Fate fate) {
    Job job = std::move(entry->second);
    jobs_.erase(entry);
    const auto* outcome = job.ending ? std::get_if<Outcome>(&*job.ending) : nullptr;
    const std::string guid = job.task.guid;
    actions_.emplace_back(
        TellFate{std::move(job.task), fate, outcome != nullptr ? *outcome : Outcome{}});
    const auto next = std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& other) {
        return other.second.task.guid == guid;
    });
    if (next == jobs_.end()) {
        actions_.emplace_back(ReleaseWork{guid});
    } else if (next->second.phase == Phase::queued && !over_) {
        start(next->first, next->second);
    }
}

// ---- time ------------------------------------------------------------------------------------

void WorkMachine::on_timer(Instant now) {
    for (auto& [id, job] : jobs_) {
        if (job.retry_at && *job.retry_at <= now) {
            look(id, job);
        }
    }
    if (stopping_ && !interrupted_ && interrupt_at_ && *interrupt_at_ <= now) {
        interrupted_ = true;
        for (const auto& [id, job] : jobs_) {
            if (job.phase == Phase::running) {
                actions_.emplace_back(InterruptWork{id});
            }
        }
    }
    if (give_up_at_ && *give_up_at_ <= now && !over_) {
        error_ = Error{.code = Code::timed_out,
                       .message = "the broker does not answer: left without telling it"};
        over_ = true;
        while (!jobs_.empty()) {
            const Job& job = jobs_.begin()->second;
            const bool is_sent = job.phase == Phase::reporting || job.doubtful;
            drop(jobs_.begin(), is_sent ? Fate::unknown : Fate::lost);
        }
    }
    settle(now);
}

std::optional<Instant> WorkMachine::next_deadline() const {
    std::optional<Instant> soonest = over_ ? std::nullopt : give_up_at_;
    const auto consider = [&soonest](std::optional<Instant> instant) {
        if (instant && (!soonest || *instant < *soonest)) {
            soonest = instant;
        }
    };
    for (const auto& [id, job] : jobs_) {
        consider(job.retry_at);
    }
    if (stopping_ && !interrupted_) {
        consider(interrupt_at_);
    }
    const bool has_room = static_cast<std::int64_t>(jobs_.size()) < settings_.slots;
    if (present_ && !acquiring_ && !draining_ && has_room && !is_closing()) {
        consider(acquire_at_);
    }
    return soonest;
}

// ---- acquiring and leaving -------------------------------------------------------------------

void WorkMachine::stop(std::optional<Instant> interrupt_at, Instant now) {
    if (interrupt_at && (!interrupt_at_ || *interrupt_at < *interrupt_at_)) {
        interrupt_at_ = interrupt_at;
    }
    if (!std::exchange(stopping_, true)) {
        if (acquiring_) {
            actions_.emplace_back(EndAcquire{});
        }
        for (auto& [id, job] : jobs_) {
            if (job.phase == Phase::queued) {
                give_back(id, job);
            }
        }
    }
    on_timer(now);
}

// Acquires where there is room, leaves where nothing is left to do.
void WorkMachine::settle(Instant now) {
    if (is_closing()) {
        settle_stopping(now);
        return;
    }
    const auto room = settings_.slots - static_cast<std::int64_t>(jobs_.size());
    if (!present_ || draining_ || acquiring_ || room <= 0 || now < acquire_at_) {
        return;
    }
    acquiring_ = true;
    asked_at_ = now;
    actions_.emplace_back(AcquireWork{room, free()});
}

bool WorkMachine::runs_any() const {
    return std::any_of(jobs_.begin(), jobs_.end(), [](const auto& entry) {
        return entry.second.phase == Phase::running;
    });
}

void WorkMachine::settle_stopping(Instant now) {
    if (over_) {
        return;
    }
    if (runs_any()) {
        give_up_at_.reset();
    } else if (!give_up_at_) {
        give_up_at_ = now + settings_.last_words;
    }
    // While an acquire is under way tasks may still come: departing would fail them.
    if (!jobs_.empty() || (acquiring_ && !expelled_) || leaving_) {
        return;
    }
    if (expelled_) {
        over_ = true;
        return;
    }
    leaving_ = true;
    actions_.emplace_back(LeaveBoard{});
}

std::optional<Resources> WorkMachine::free() const {
    if (!settings_.total) {
        return std::nullopt;
    }
    Resources left = *settings_.total;
    for (const auto& [id, job] : jobs_) {
        left.memory_mb = less(left.memory_mb, job.task.memory_mb);
        left.disk_mb = less(left.disk_mb, job.task.disk_mb);
        left.cpu_percent = less(left.cpu_percent, job.task.cpu_percent);
    }
    return left;
}

std::vector<WorkAction> WorkMachine::take_actions() {
    return std::exchange(actions_, {});
}

}  // namespace taskbbs::sdk
