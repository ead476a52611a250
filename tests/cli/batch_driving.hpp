// What the tests of Batch share: the machine, a clock, and words for what it asks for.
#pragma once

#include "cli/batch/batch.hpp"
#include "cli/packed_result.hpp"

#include <fmt/format.h>
#include <string>
#include <vector>

namespace taskbbs::cli::batch {

inline std::string spelled_key(TaskKey key) {
    return key.attempt == 0 ? std::to_string(key.number)
                            : fmt::format("{}r{}", key.number, key.attempt);
}

// An action as a line: "desire 1", "take 2r1", "show 2r1 failed". Lines for people are kept apart.
struct SpellingOf {
    std::vector<std::string>& said;

    std::string operator()(const Desire& a) const { return "desire " + spelled_key(a.key); }

    std::string operator()(const Look& a) const { return "look " + spelled_key(a.key); }

    std::string operator()(const Cancel& a) const { return "cancel " + spelled_key(a.key); }

    std::string operator()(const Take& a) const { return "take " + spelled_key(a.key); }

    std::string operator()(const Leave& a) const {
        return fmt::format("leave {}{}", spelled_key(a.key), a.epoch ? "" : " without epoch");
    }

    std::string operator()(const Show& a) const {
        return fmt::format("show {} {}",
                           spelled_key(a.outcome.key),
                           a.outcome.cancelled ? "cancelled"
                           : a.outcome.failed  ? "failed"
                                               : "done");
    }

    std::string operator()(const Say& a) const {
        said.push_back(a.line);
        return {};
    }
};

struct DrivenBatch {
    explicit DrivenBatch(BatchOptions options = {}) : batch(with_name(std::move(options))) {}

    static BatchOptions with_name(BatchOptions options) {
        options.name = "n";
        return options;
    }

    // What it asks for since the last call.
    std::vector<std::string> asks() {
        std::vector<std::string> lines;
        for (const Action& action : batch.take()) {
            if (auto line = std::visit(SpellingOf{said}, action); !line.empty()) {
                lines.push_back(std::move(line));
            }
            if (const auto* desire = std::get_if<Desire>(&action)) {
                tasks[desire->key] = desire->task;
            }
        }
        return lines;
    }

    void add(const std::string& line) { batch.add(line, "do " + line); }

    void desired(TaskKey key) {
        asks();
        batch.desired(key, Applied{}, now);
    }

    void ends(TaskKey key, std::int64_t bytes = 10) {
        batch.completed({.guid = guid_of("n", key), .result_size = bytes});
    }

    // As the broker hands it over: what was desired, with its outcome.
    void taken(TaskKey key, int exit = 0) {
        asks();
        Task task = tasks[key];
        task.failed = exit != 0;
        task.result = pack({.exit = exit});
        task.epoch = 7;
        batch.taken(key, Owned{.seq = 7, .epoch = 7, .task = std::move(task)}, now);
    }

    void left(TaskKey key) {
        asks();
        batch.left(key, Applied{}, now);
    }

    void found(TaskKey key, State state) { batch.found({.key = key, .state = state}, now); }

    void looked(TaskKey key, State state, const std::string& payload) {
        asks();
        batch.looked(key, Found{.task = {.payload = payload, .state = state}}, now);
    }

    void passes(milliseconds time) {
        now += time;
        batch.tick(now);
    }

    static tl::unexpected<Error> refused(Status status) {
        return tl::unexpected{Error{.code = Code::refused, .status = status, .message = "no"}};
    }

    static tl::unexpected<Error> timed_out(bool unknown) {
        return tl::unexpected{Error{.code = Code::timed_out, .outcome_unknown = unknown}};
    }

    Moment now{};
    Batch batch;
    std::map<TaskKey, Task> tasks;  // as they were last desired
    std::vector<std::string> said;
};

using Asked = std::vector<std::string>;

}  // namespace taskbbs::cli::batch
