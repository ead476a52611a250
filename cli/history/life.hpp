// The events of one guid as the lives of the tasks that bore it: a life begins with `desired` and
// ends with `resolved`, and in between it is in one state after the other. Pure.
#pragma once

#include "taskbbs/task.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace taskbbs::cli {

// A time in one state; a kick does not end it.
struct Stay {
    State state = State::pending;
    Time since{};
    std::optional<Time> until;  // absent: it is there still
    std::size_t first = 0;      // the event that began it, in Life::events
};

struct Life {
    std::vector<Event> events;  // at least one
    std::vector<Stay> stays;    // in order, without gaps; the state `resolved` is none
    bool begins = false;        // with `desired`; else its beginning is not kept any more

    bool is_over() const { return !stays.empty() && stays.back().until.has_value(); }
};

// `events`: of one guid, in order. What came before the first of them is not known.
std::vector<Life> lives_of(std::vector<Event> events);

// How long a stay took, or has taken as of `now`.
Duration length_of(const Stay& stay, Time now);
// From its first event to its last one, or to `now`.
Duration length_of(const Life& life, Time now);
// In this state, all stays together; nothing where it never was.
std::optional<Duration> time_in(const Life& life, State state, Time now);

// Of events in a row that are shown as one: kicks of one stay. Each begins at `first`.
struct Fold {
    std::size_t first = 0;
    std::size_t count = 1;
};

std::vector<Fold> folds_of(const Life& life);

// What there is to say of an event besides its kind: a reason, an outcome, a container.
std::string detail_of(const Event& event);

}  // namespace taskbbs::cli
