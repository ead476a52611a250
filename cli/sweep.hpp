// Cancelling or resolving whatever a filter finds: what such a sweep looks for, and what it shows.
// Pure; sweep_command.cpp does it.
#pragma once

#include "cli/arguments.hpp"
#include "cli/json.hpp"
#include "taskbbs/calls.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace taskbbs::cli {

// What one looks for.
struct Filter {
    ListArgs list;              // pages of tasks that may match
    std::vector<State> states;  // of which a task is in one
    Time created_by = Time::max();

    bool matches(const Task& task) const;
};

// From --domain, --state and --older-than; where no state is given, those of `usual`. `now`: by
// this machine's clock.
Filter filter_of(const Arguments& arguments, const std::vector<State>& usual, Time now);

// A task that was found, as it was listed, with what `seq` it is now.
Json json_of_swept(const Task& task);

// What became of the tasks that were found.
struct Tally {
    std::int64_t done = 0;
    std::int64_t changed = 0;  // meanwhile: gone, or in another state or hand
    std::int64_t failed = 0;   // the request, for another reason

    bool operator==(const Tally&) const = default;
};

// One line, without an end: "3 cancelled, 1 had changed meanwhile". `done`: "cancelled".
std::string summary(const Tally& tally, std::string_view done);

// Whether a refusal only says that the task is no longer what it was when it was listed.
bool is_change(const Error& error);

}  // namespace taskbbs::cli
