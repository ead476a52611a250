// How jobs begin, are killed and make room; what the board answers is in jobs_answers.cpp.
#include "cli/executor/jobs.hpp"

#include "cli/failure.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

constexpr milliseconds last_words{5000};     // for an acquire to end, or rejects when stopped twice
constexpr milliseconds last_report{30'000};  // for outcomes, which are worth more
constexpr milliseconds last_acquire{15'000};  // for one that waits on, of a board that lives

// Why sh -c can't have it; empty where it can.
std::string trouble_with(const std::string& command) {
    if (command.size() > Jobs::longest_command) {
        return fmt::format(
            "the payload is longer than a command line can be ({} bytes, at most {})",
            command.size(),
            Jobs::longest_command);
    }
    if (command.find('\0') != std::string::npos) {
        return "the payload is no command line: it holds a zero byte";
    }
    return {};
}

std::optional<std::int64_t> less(std::optional<std::int64_t> amount, std::int64_t used) {
    return amount ? std::optional{std::max<std::int64_t>(0, *amount - used)} : std::nullopt;
}

}  // namespace

void Jobs::accept(Task task, Moment now) {
    Job job{
        .guid = std::move(task.guid),
        .epoch = task.epoch,
        .payload = std::move(task.payload),
        .needs = {
            .memory_mb = task.memory_mb, .disk_mb = task.disk_mb, .cpu_percent = task.cpu_percent}};
    // It came back before its former process was gone: one at a time.
    for (auto entry = jobs_.begin(); entry != jobs_.end();) {
        const auto older = entry++;
        if (older->second.guid == job.guid) {
            mark_stale(older, now);
        }
    }
    const bool behind = std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& other) {
        return other.second.guid == job.guid;
    });
    const JobId id = next_id_++;
    Job& placed = jobs_.emplace(id, std::move(job)).first->second;
    if (stops_ > 1) {
        placed.give_back = true;
        report(id, placed);
    } else if (behind) {
        placed.phase = Phase::queued;
    } else {
        ask_start(id, placed);
    }
}

void Jobs::ask_start(JobId id, Job& job) {
    job.phase = Phase::starting;
    actions_.emplace_back(StartTask{id, job.guid, job.epoch});
}

void Jobs::look(JobId id, Job& job) {
    job.phase = Phase::looking;
    job.retry_at.reset();
    actions_.emplace_back(LookAtTask{id, job.guid});
}

void Jobs::run(JobId id, Job& job, Moment now) {
    if (job.give_back) {
        report(id, job);
        return;
    }
    const bool is_command_line = options_.form == ResultForm::packed;
    if (const auto trouble = is_command_line ? trouble_with(job.payload) : std::string{};
        !trouble.empty()) {
        job.over = true;
        job.ending = not_run(trouble);
        report(id, job);
        return;
    }
    job.phase = Phase::running;
    if (options_.run_timeout > milliseconds{0}) {
        job.end_at = now + options_.run_timeout;
    }
    say(fmt::format("{}: running (epoch {})", job.guid, job.epoch));
    actions_.emplace_back(RunCommand{id, job.guid, std::exchange(job.payload, {})});
}

void Jobs::kill(JobId id, Job& job, Moment now) {
    const bool at_once = job.give_back;
    job.end_at.reset();
    if (job.kill_at && !at_once) {
        return;  // its grace runs
    }
    actions_.emplace_back(KillCommand{id, at_once ? SIGKILL : SIGTERM});
    job.kill_at = at_once ? std::nullopt : std::optional{now + options_.grace};
}

// From here on the job is silent; it is gone as soon as nothing of it runs. One whose outcome is
// under way may have become stale by that very outcome: the answer to it decides.
void Jobs::mark_stale(Entry entry, Moment now) {
    auto& [id, job] = *entry;
    if (job.stale || (job.phase == Phase::reporting && !expelled_)) {
        return;
    }
    job.stale = true;
    if (job.phase == Phase::running) {
        say(fmt::format("{}: no longer ours, ending it", job.guid));
        kill(id, job, now);
    } else {
        drop(entry, "no longer ours");
    }
}

void Jobs::drop(Entry entry, const std::string& why) {
    const std::string guid = entry->second.guid;
    say(fmt::format("{}: {}", guid, why));
    jobs_.erase(entry);
    const auto next = std::find_if(
        jobs_.begin(), jobs_.end(), [&](const auto& other) { return other.second.guid == guid; });
    if (next == jobs_.end()) {
        actions_.emplace_back(ReleaseTask{guid});
    } else if (next->second.phase == Phase::queued) {
        ask_start(next->first, next->second);
    }
}

void Jobs::retry(Job& job, Moment now) {
    job.retry_at = now + pause;
}

void Jobs::stale(const std::string& guid, Moment now) {
    // Of several, the newest is the one that presence named.
    const auto newest = std::find_if(
        jobs_.rbegin(), jobs_.rend(), [&](const auto& entry) { return entry.second.guid == guid; });
    if (newest != jobs_.rend()) {
        mark_stale(std::prev(newest.base()), now);
    }
    settle(now);
}

void Jobs::draining(bool on, Moment now) {
    if (draining_ != on && stops_ == 0) {
        say(on ? "draining: the board asks to finish what runs" : "draining is over");
    }
    draining_ = on;
    settle(now);
}

void Jobs::expelled(Exit exit, const std::string& why, Moment now) {
    if (expelled_) {
        return;
    }
    expelled_ = true;
    exit_ = exit;
    say(why);
    for (auto entry = jobs_.begin(); entry != jobs_.end();) {
        mark_stale(entry++, now);
    }
    settle(now);
}

void Jobs::presence(Presence presence, Moment now) {
    has_joined_ = true;
    if (presence == Presence::present) {
        say("present on the board");
    } else if (presence == Presence::unsure) {
        say("the board is out of reach: it may take this executor for lost");
    }
    settle(now);
}

void Jobs::stop(Exit exit, Moment now) {
    ++stops_;
    exit_ = worse(exit_, exit);
    if (stops_ == 1) {
        say(fmt::format("stopping: {} to finish first", jobs_.size()));
        if (acquiring_) {
            actions_.emplace_back(EndAcquire{});
        }
    } else if (stops_ == 2) {
        say(fmt::format("stopping at once: {} given back", jobs_.size()));
        give_up_at_ = now + last_words;
        for (auto& [id, job] : jobs_) {
            job.give_back = true;
            if (job.phase == Phase::running) {
                kill(id, job, now);
            } else if (job.phase == Phase::queued) {
                report(id, job);
            }
        }
    }
    settle(now);
}

void Jobs::tick(Moment now) {
    for (auto& [id, job] : jobs_) {
        if (job.end_at && *job.end_at <= now) {
            say(fmt::format("{}: over the run timeout, ending it", job.guid));
            job.too_long = true;
            kill(id, job, now);
        }
        if (job.kill_at && *job.kill_at <= now) {
            job.kill_at.reset();
            actions_.emplace_back(KillCommand{id, SIGKILL});
        }
        if (job.retry_at && *job.retry_at <= now) {
            look(id, job);
        }
    }
    if (give_up_at_ && *give_up_at_ <= now && !finished_) {
        say("the board does not answer: leaving without it");
        exit_ = worse(exit_, Exit::unreachable);
        finished_ = true;
    }
    settle(now);
}

std::optional<Moment> Jobs::deadline() const {
    std::optional<Moment> soonest = give_up_at_;
    const auto consider = [&soonest](std::optional<Moment> moment) {
        if (moment && (!soonest || *moment < *soonest)) {
            soonest = moment;
        }
    };
    for (const auto& [id, job] : jobs_) {
        consider(job.end_at);
        consider(job.kill_at);
        consider(job.retry_at);
    }
    if (!acquiring_ && stops_ == 0 && !expelled_) {
        consider(acquire_at_);
    }
    return soonest;
}

// Acquires where there is room, leaves where nothing is left to do.
void Jobs::settle(Moment now) {
    if (stops_ > 0 || expelled_) {
        settle_stopping(now);
        return;
    }
    const auto room = options_.slots - static_cast<std::int64_t>(jobs_.size());
    if (!has_joined_ || acquiring_ || draining_ || room <= 0 ||
        (acquire_at_ && now < *acquire_at_)) {
        return;
    }
    acquiring_ = true;
    asked_at_ = now;
    acquire_at_.reset();
    actions_.emplace_back(AcquireTasks{room, free()});
}

// How long a board may be silent that is all that is left to wait for; nothing while a command
// runs.
std::optional<milliseconds> Jobs::patience() const {
    const bool running = std::any_of(jobs_.begin(), jobs_.end(), [](const auto& entry) {
        return entry.second.phase == Phase::running;
    });
    if (running) {
        return std::nullopt;
    }
    return jobs_.empty() ? last_words : last_report;
}

void Jobs::drain_answered(Moment now) {
    if (stops_ == 1 && give_up_at_) {
        give_up_at_ = now + last_acquire;
    }
}

void Jobs::settle_stopping(Moment now) {
    if (stops_ == 1) {
        const auto bound = patience();
        if (!bound) {
            give_up_at_.reset();
        } else if (!give_up_at_) {
            give_up_at_ = now + *bound;
        }
    }
    // While an acquire is under way tasks may still come: departing would fail them.
    const bool busy = !jobs_.empty() || (acquiring_ && !expelled_);
    if (busy || departing_ || finished_) {
        return;
    }
    if (expelled_) {
        finished_ = true;
        return;
    }
    departing_ = true;
    actions_.emplace_back(DepartBoard{});
}

void Jobs::departed(const Result<Applied>& answer) {
    if (answer || answer.error().is(Status::not_found)) {
        say("departed");
    } else {
        say(fmt::format("leaving, but the board was not told: {} ({})",
                        answer.error().message,
                        answer.error().name()));
        exit_ = worse(exit_, exit_of(answer.error()));
    }
    finished_ = true;
}

std::optional<Resources> Jobs::free() const {
    if (!options_.total) {
        return std::nullopt;
    }
    Resources left = *options_.total;
    for (const auto& [id, job] : jobs_) {
        left.memory_mb = less(left.memory_mb, job.needs.memory_mb);
        left.disk_mb = less(left.disk_mb, job.needs.disk_mb);
        left.cpu_percent = less(left.cpu_percent, job.needs.cpu_percent);
    }
    return left;
}

std::vector<Action> Jobs::take() {
    return std::exchange(actions_, {});
}

}  // namespace taskbbs::cli
