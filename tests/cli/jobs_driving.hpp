// What the tests of Jobs share: the machine, a clock, and words for what it asks for.
#pragma once

#include "cli/executor/jobs.hpp"

#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

namespace taskbbs::cli {

// An action as a line: "start g1 1", "kill 15". Lines for the log are left out.
struct Spelling {
    std::string operator()(const AcquireTasks& a) const { return fmt::format("acquire {}", a.max); }

    std::string operator()(const StartTask& a) const {
        return fmt::format("start {} {}", a.guid, a.epoch);
    }

    std::string operator()(const LookAtTask& a) const { return "look " + a.guid; }

    std::string operator()(const RunCommand& a) const { return "run " + a.payload; }

    std::string operator()(const KillCommand& a) const { return fmt::format("kill {}", a.signal); }

    std::string operator()(const CompleteTask& a) const {
        return fmt::format("complete {} {}{}",
                           a.args.guid,
                           a.args.epoch.value_or(0),
                           a.args.failed ? ": " + a.args.failure_reason : "");
    }

    std::string operator()(const RejectTask& a) const {
        return fmt::format("reject {} {}", a.args.guid, a.args.epoch.value_or(0));
    }

    std::string operator()(const ReleaseTask& a) const { return "release " + a.guid; }

    std::string operator()(const EndAcquire&) const { return "end acquire"; }

    std::string operator()(const DepartBoard&) const { return "depart"; }

    std::string operator()(const Say&) const { return {}; }
};

using Lines = std::vector<std::string>;

// Jobs at a time that the test moves on.
struct Driven {
    explicit Driven(std::int64_t slots = 1, std::optional<Resources> total = std::nullopt)
        : Driven(JobsOptions{.executor_id = "e", .slots = slots, .total = total}) {}

    explicit Driven(JobsOptions options) : jobs(std::move(options)) {
        jobs.presence(Presence::present, now);
    }

    // What it asks for since the last call.
    Lines asks() {
        Lines lines;
        for (const Action& action : jobs.take()) {
            if (auto line = std::visit(Spelling{}, action); !line.empty()) {
                lines.push_back(std::move(line));
            }
        }
        return lines;
    }

    static Task task(const std::string& guid, Seq epoch) {
        return {.guid = guid, .payload = "do " + guid, .epoch = epoch};
    }

    void acquires(std::vector<Task> tasks) { jobs.acquired(Acquired{std::move(tasks)}, now); }

    // Acquires one and has it running; its number is `id`.
    void runs(const std::string& guid, Seq epoch, JobId id) {
        acquires({task(guid, epoch)});
        jobs.started(id, Applied{}, now);
        asks();
    }

    void ends(JobId id, int exit = 0) { jobs.ended(id, {.result = {.exit = exit}}, now); }

    void passes(milliseconds time) {
        now += time;
        jobs.tick(now);
    }

    static tl::unexpected<Error> refused(Status status) {
        return tl::unexpected{Error{.code = Code::refused, .status = status}};
    }

    static tl::unexpected<Error> unknown() {
        return tl::unexpected{Error{.code = Code::timed_out, .outcome_unknown = true}};
    }

    static Found found(State state, Seq epoch, const std::string& executor_id = "e") {
        return {.task = {.state = state, .executor_id = executor_id, .epoch = epoch}};
    }

    Moment now{};
    Jobs jobs;
};

}  // namespace taskbbs::cli
