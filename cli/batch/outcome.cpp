// From a task to its outcome, and from that to JSON.
#include "cli/batch/outcome.hpp"

#include "cli/batch/note.hpp"
#include "cli/packed_result.hpp"
#include "cli/shown_text.hpp"

#include <utility>

namespace taskbbs::cli::batch {

// By its reason: the broker composes it so (docs/protocol.md, section 4, cancel).
bool was_cancelled(const Task& task) {
    return task.failed && task.result.empty() &&
           (task.failure_reason == "cancelled" || task.failure_reason.starts_with("cancelled: "));
}

bool was_stopped(const TaskOutcome& outcome) {
    return outcome.cancelled && outcome.reason.ends_with(stopped_reason);
}

bool was_stopped(const Task& task) {
    return was_cancelled(task) && task.failure_reason.ends_with(stopped_reason);
}

TaskOutcome outcome_of(TaskKey key, Task task) {
    TaskOutcome outcome{.key = key,
                        .line = line_in(task.annotation),
                        .failed = task.failed,
                        .cancelled = was_cancelled(task),
                        .completed_at = task.completed_at};
    if (auto result = unpack_result(task.result)) {
        outcome.exit = result->exit;
        outcome.signal = result->signal;
        outcome.out = std::move(result->out);
        outcome.err = std::move(result->err);
        outcome.truncated = result->truncated;
    } else {
        outcome.out = std::move(task.result);
    }
    outcome.command = std::move(task.payload);
    outcome.reason = std::move(task.failure_reason);
    outcome.executor_id = std::move(task.executor_id);
    return outcome;
}

Json json_of(const TaskOutcome& outcome, std::string_view name) {
    const auto number = [](std::optional<int> value) { return value ? Json(*value) : Json{}; };
    return {{"run", name},
            {"number", outcome.key.number},
            {"guid", guid_of(name, outcome.key)},
            {"line", outcome.line},
            {"command", json_of_bytes(outcome.command)},
            {"attempts", outcome.key.attempt + 1},
            {"failed", outcome.failed},
            {"cancelled", outcome.cancelled},
            {"reason", outcome.reason},
            {"exit", number(outcome.exit)},
            {"signal", number(outcome.signal)},
            {"stdout", json_of_bytes(outcome.out)},
            {"stderr", json_of_bytes(outcome.err)},
            {"truncated", outcome.truncated},
            {"executor_id", outcome.executor_id},
            {"completed_at", outcome.completed_at.time_since_epoch().count()}};
}

}  // namespace taskbbs::cli::batch
