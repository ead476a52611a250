// What a task waits for, until when, and what happens then if nobody does anything: read from the
// moments that the broker tells (Explained). Pure.
#pragma once

#include "taskbbs/calls.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli {

// What is done to a task without anybody asking for it. Of two that are due in one pass, the first
// of these is done.
enum class Deed : std::uint8_t {
    lose,    // its executor is gone
    fail,    // a time limit is over
    demote,  // a step back: to pending, or to completed
    expire,  // removed, its outcome not taken
    kick,    // announced again
};

std::string_view word_of(Deed deed);

struct Step {
    Deed deed = Deed::kick;
    std::string then;        // "it fails: run time limit passed"
    Time due_at{};           // when it becomes due
    std::optional<Time> at;  // when it is done; absent: only by a pass that somebody asks for
};

struct Fate {
    // The verb that moves it on; "not_before" or "executor_lost" where it is time that does.
    std::string_view waits_for;
    std::string summary;  // the same as a sentence without its end
    Time since{};
    std::optional<Time> until;  // absent: as long as it takes
    std::string then;           // what ends the waiting at `until`; else empty
    // In the order in which they come: the next kick if there is one, then what moves the task. An
    // executor that is present and heartbeats is not about to be lost: see Owner.
    std::vector<Step> steps;
};

Fate fate_of(const Explained& facts);

// When the lease of the present owner ends: the claim, the run timeout, the resolving. Absent: it
// has none, or nobody owns the task.
std::optional<Time> lease_end(const Explained& facts);

}  // namespace taskbbs::cli
