// What the tests of top share: a clock, tasks as a listing shows them, events as a watch delivers
// them, answers to stats.
#pragma once

#include "cli/top/board_model.hpp"

#include <string>
#include <utility>

namespace taskbbs::cli::top {

using namespace std::chrono_literals;

// 12:00:00 of some day.
inline constexpr Time noon{Duration{1'769'860'800'000'000'000}};

inline Task task_in(State state, std::string guid, Seq seq, Time since) {
    Task task;
    task.guid = std::move(guid);
    task.stack = "linux";
    task.state = state;
    task.seq = seq;
    task.created_at = since;
    task.pending_since = since;
    task.updated_at = since;
    task.completed_at = state == State::completed ? since : protocol::no_time;
    return task;
}

inline Task owned(State state, std::string guid, std::string executor_id, Seq seq, Time since) {
    Task task = task_in(state, std::move(guid), seq, since);
    task.executor_id = std::move(executor_id);
    return task;
}

// As it is published: of most streams slim, without its stack.
inline Event event_of(Task task, Kind kind) {
    const bool header = task.state == State::pending || task.state == State::completed;
    Event event{.seq = task.seq,
                .stream = protocol::stream_of(task.state),
                .at = task.updated_at,
                .kind = kind};
    if (!header) {
        task.stack.clear();
        task.pending_since = protocol::no_time;
    }
    event.task = std::move(task);
    return event;
}

inline Event executor_event(Seq seq, Kind kind, std::string executor_id) {
    return {.seq = seq,
            .stream = Stream::executor,
            .at = noon,
            .kind = kind,
            .executor_id = std::move(executor_id)};
}

using Numbers = std::map<std::string, Stats::Number>;

inline Stats stats_of(Numbers values) {
    return {std::move(values)};
}

// A model that lists nothing and then watches.
inline BoardModel watching_model(Bounds bounds = {}) {
    BoardModel model{bounds};
    model.listing_begun();
    model.listing_over(true, noon);
    return model;
}

inline const StateRow& row_of(const Picture& picture, State state) {
    return picture.states[static_cast<std::size_t>(state)];
}

}  // namespace taskbbs::cli::top
