// Cutting events into lives and stays.
#include "cli/history/life.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::cli {
namespace {

// The stream of a task's event is the state after it.
State state_after(const Event& event) {
    return static_cast<State>(event.stream);
}

static_assert(static_cast<int>(Stream::resolving) == static_cast<int>(State::resolving) &&
              static_cast<int>(Stream::resolved) == static_cast<int>(State::resolved));

void add(Life& life, Event event) {
    const State state = state_after(event);
    const bool begins_stay = life.stays.empty() || event.kind != Kind::kicked;
    if (begins_stay && !life.stays.empty()) {
        life.stays.back().until = event.at;
    }
    if (begins_stay && state != State::resolved) {
        life.stays.push_back({state, event.at, std::nullopt, life.events.size()});
    }
    life.events.push_back(std::move(event));
}

}  // namespace

std::vector<Life> lives_of(std::vector<Event> events) {
    std::vector<Life> lives;
    for (Event& event : events) {
        if (lives.empty() || event.kind == Kind::desired) {
            lives.push_back({.events = {}, .stays = {}, .begins = event.kind == Kind::desired});
        }
        add(lives.back(), std::move(event));
    }
    return lives;
}

Duration length_of(const Stay& stay, Time now) {
    return std::max(stay.until.value_or(now) - stay.since, Duration{0});
}

Duration length_of(const Life& life, Time now) {
    const Time end = life.is_over() || life.stays.empty() ? life.events.back().at : now;
    return std::max(end - life.events.front().at, Duration{0});
}

std::optional<Duration> time_in(const Life& life, State state, Time now) {
    std::optional<Duration> time;
    for (const Stay& stay : life.stays) {
        if (stay.state == state) {
            time = time.value_or(Duration{0}) + length_of(stay, now);
        }
    }
    return time;
}

std::vector<Fold> folds_of(const Life& life) {
    std::vector<Fold> folds;
    for (std::size_t i = 0; i < life.events.size(); ++i) {
        const bool continues =
            i > 0 && life.events[i].kind == Kind::kicked && life.events[i - 1].kind == Kind::kicked;
        if (continues) {
            ++folds.back().count;
        } else {
            folds.push_back({i, 1});
        }
    }
    return folds;
}

std::string detail_of(const Event& event) {
    const Task& task = event.task;
    if (event.stream == Stream::completed && event.kind != Kind::kicked &&
        event.kind != Kind::demoted) {
        return task.failed ? "failed: " + task.failure_reason : "succeeded";
    }
    if (event.kind == Kind::rejected || event.kind == Kind::requeued) {
        return task.rejection_reason;
    }
    return event.kind == Kind::started ? task.container_handle : std::string{};
}

}  // namespace taskbbs::cli
