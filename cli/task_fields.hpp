// Options into the SDK's values: each field of a task that a requester may set is an option of
// `taskbbs desire` of the same name. Pure.
#pragma once

#include "cli/arguments.hpp"
#include "taskbbs/task.hpp"

#include <optional>

namespace taskbbs::cli {

// Without guid and --payload-file, which are the caller's to add.
Task task_of(const Arguments& arguments);

// --memory-mb, --disk-mb, --cpu-percent; nothing where none is given.
std::optional<Resources> resources_of(const Arguments& arguments);

}  // namespace taskbbs::cli
