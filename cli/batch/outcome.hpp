// What came of a task of a batch, as its user wants to know it. Pure.
#pragma once

#include "cli/batch/names.hpp"
#include "cli/json.hpp"
#include "taskbbs/task.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::cli::batch {

struct TaskOutcome {
    TaskKey key;
    std::string command;  // as it was given to sh -c; empty where the board does not have it
    Json line;            // see note.hpp; null: unknown
    bool failed = false;
    bool cancelled = false;  // then it has failed as well
    std::string reason;      // why it failed; else empty
    std::string executor_id;
    std::optional<int> exit;
    std::optional<int> signal;
    std::string out;
    std::string err;
    bool truncated = false;
    Time completed_at = protocol::no_time;
};

// Of a whole task that is completed. A result that `taskbbs executor` did not write counts as
// standard output.
TaskOutcome outcome_of(TaskKey key, Task task);

// Somebody has cancelled it: it failed on purpose, so trying it anew would be wrong.
bool was_cancelled(const Task& task);

// Why a run that is stopped cancels its tasks.
inline constexpr std::string_view stopped_reason = "the run was interrupted";

// Cancelled by the run itself: no failure that anybody needs to hear of.
bool was_stopped(const TaskOutcome& outcome);
bool was_stopped(const Task& task);

// One document, with every member: see docs/run.md.
Json json_of(const TaskOutcome& outcome, std::string_view name);

}  // namespace taskbbs::cli::batch
