// The loop of `taskbbs executor`.
#include "cli/executor/driver.hpp"

#include "cli/complain.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::cli {
namespace {

constexpr milliseconds acquire_wait{10'000};
constexpr CallOptions acquire_call{.timeout = milliseconds{10'000}};
// Long: until then the SDK asks again by itself, and an outcome is worth waiting for.
constexpr CallOptions outcome_call{.timeout = milliseconds{300'000}};
constexpr CallOptions start_call{.timeout = milliseconds{30'000}};
constexpr CallOptions last_call{.timeout = milliseconds{4'000}};

Moment now() {
    return std::chrono::steady_clock::now();
}

int poll_timeout(std::optional<Moment> deadline) {
    if (!deadline) {
        return -1;
    }
    const auto left = std::chrono::ceil<milliseconds>(*deadline - now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

}  // namespace

Driver::Driver(DriverOptions options, ExecutorSession& executor, Inbox& inbox, int signals)
    : options_(std::move(options)),
      executor_(executor),
      inbox_(inbox),
      signals_(signals),
      jobs_(options_.jobs) {}

Exit Driver::run() {
    perform();
    while (!jobs_.finished()) {
        wait();
        take_signals();
        for (const auto& input : inbox_.take()) {
            input(jobs_, now());
        }
        serve_processes();
        jobs_.tick(now());
        perform();
    }
    return jobs_.exit();
}

void Driver::perform() {
    for (auto actions = jobs_.take(); !actions.empty(); actions = jobs_.take()) {
        for (const Action& action : actions) {
            std::visit([this](const auto& what) { act(what); }, action);
        }
    }
}

void Driver::wait() {
    polled_.clear();
    for (const int descriptor : {signals_, inbox_.descriptor()}) {
        polled_.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
    }
    for (const auto& [id, process] : processes_) {
        for (const int descriptor : process.descriptors()) {
            polled_.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
        }
    }
    ::poll(polled_.data(), polled_.size(), poll_timeout(jobs_.deadline()));
}

void Driver::take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) == sizeof info) {
        const bool interrupted = info.ssi_signo == SIGINT;
        jobs_.stop(interrupted ? Exit::interrupted : Exit::done, now());
    }
}

void Driver::serve_processes() {
    for (auto entry = processes_.begin(); entry != processes_.end();) {
        auto ending = entry->second.serve();
        if (!ending) {
            ++entry;
            continue;
        }
        jobs_.ended(entry->first, std::move(*ending), now());
        entry = processes_.erase(entry);
    }
}

// Here and below: an answer may come when the driver is gone, so it goes to the inbox alone.
void Driver::act(const AcquireTasks& action) {
    if (action.free) {
        executor_.set_capacity(options_.jobs.slots, action.free);
    }
    executor_.acquire(
        {.max = action.max, .domains = options_.domains, .free = action.free, .wait = acquire_wait},
        [&inbox = inbox_](Result<Acquired> answer) {
            inbox.post(
                [answer = std::move(answer)](Jobs& jobs, Moment at) { jobs.acquired(answer, at); });
        },
        acquire_call);
}

void Driver::act(const StartTask& action) {
    executor_.client().call(
        StartArgs{.guid = action.guid,
                  .executor_id = options_.jobs.executor_id,
                  .epoch = action.epoch,
                  .container_handle = fmt::format("pid-{}", ::getpid())},
        [&inbox = inbox_, job = action.job](Result<Applied> answer) {
            inbox.post([job, answer = std::move(answer)](Jobs& jobs, Moment at) {
                jobs.started(job, answer, at);
            });
        },
        start_call);
}

void Driver::act(const LookAtTask& action) {
    executor_.client().call(
        GetArgs{action.guid},
        [&inbox = inbox_, job = action.job](Result<Found> answer) {
            inbox.post([job, answer = std::move(answer)](Jobs& jobs, Moment at) {
                jobs.looked(job, answer, at);
            });
        },
        start_call);
}

void Driver::act(const RunCommand& action) {
    Program program = options_.program ? *options_.program : shell_program(action.payload);
    if (options_.program) {
        program.input = action.payload;
    }
    auto process = Process::start(program, action.guid, options_.out_bound, options_.err_bound);
    if (process) {
        processes_.emplace(action.job, std::move(*process));
    } else {
        jobs_.ended(action.job, not_run(process.error()), now());
    }
}

void Driver::act(const KillCommand& action) {
    if (const auto entry = processes_.find(action.job); entry != processes_.end()) {
        entry->second.kill(action.signal);
    }
}

void Driver::act(const CompleteTask& action) {
    executor_.client().call(
        action.args,
        [&inbox = inbox_, job = action.job](Result<Applied> answer) {
            inbox.post([job, answer = std::move(answer)](Jobs& jobs, Moment at) {
                jobs.completed(job, answer, at);
            });
        },
        outcome_call);
}

void Driver::act(const RejectTask& action) {
    executor_.client().call(
        action.args,
        [&inbox = inbox_, job = action.job](Result<Rejected> answer) {
            inbox.post([job, answer = std::move(answer)](Jobs& jobs, Moment at) {
                jobs.rejected(job, answer, at);
            });
        },
        start_call);
}

void Driver::act(const ReleaseTask& action) {
    executor_.release(action.guid);
}

// Draining shows others that this executor takes no more, where it is allowed to. The answer tells
// that the board lives; while disk space is short there, an acquire that waits is not ended.
void Driver::act(const EndAcquire& /*action*/) {
    executor_.end_acquire(start_call);
    executor_.client().call(
        DrainArgs{.executor_id = options_.jobs.executor_id, .incarnation = executor_.incarnation()},
        [&inbox = inbox_](const Result<Applied>& answer) {
            if (answer || answer.error().code == Code::refused) {
                inbox.post([](Jobs& jobs, Moment at) { jobs.drain_answered(at); });
            }
        },
        start_call);
}

void Driver::act(const DepartBoard& /*action*/) {
    jobs_.departed(executor_.depart(last_call));
}

void Driver::act(const Say& action) {
    complain("executor {}: {}\n", options_.jobs.executor_id, action.line);
}

}  // namespace taskbbs::cli
