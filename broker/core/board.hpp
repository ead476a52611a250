// The board: the fold of all events. `apply` is total and cannot refuse; in life, replay and
// simulation alike it is the only thing that writes what the journal says. Pure: no sockets, files,
// clocks or logs; time is an argument.
#pragma once

#include "broker/core/executors.hpp"
#include "broker/core/pauses.hpp"
#include "broker/core/sessions.hpp"
#include "broker/core/settings.hpp"
#include "broker/core/tasks.hpp"

namespace taskbbs::core {

class Board {
  public:
    explicit Board(Settings settings);

    // Life: gives `event` the next seq, its stream's next ordinal and a time. Nothing else changes.
    void number(Event& event, Time now);

    // A batch with events begins; its time is the only clock that forgetting knows. (Empty batches
    // change nothing: the board does not see them.) `run_began`: when its run began to serve.
    void begin_batch(Time time, Time run_began);

    // Events come in the order of their numbers. Returns where a task's event left the task:
    // readable until the next apply, even if it was resolved; no_slot for an event of no task.
    Slot apply(const Event& event);

    // Recovery is over: `now` as of this moment. Presence and ages count from here.
    Time begin_serving(Time wall);

    const Settings& settings() const { return settings_; }

    // From now on. Nothing that follows from the journal depends on them. That completed tasks
    // expire must not be new: see Tasks.
    void set_settings(const Settings& settings) { settings_ = settings; }

    Clock& clock() { return clock_; }

    const Clock& clock() const { return clock_; }

    Tasks& tasks() { return tasks_; }

    const Tasks& tasks() const { return tasks_; }

    Executors& executors() { return executors_; }

    const Executors& executors() const { return executors_; }

    Sessions& sessions() { return sessions_; }

    const Sessions& sessions() const { return sessions_; }

    Pauses& pauses() { return pauses_; }

    const Pauses& pauses() const { return pauses_; }

    Seq seq() const { return seq_; }

    const protocol::Ordinals& ordinals() const { return ordinals_; }

    // Of all that follows from the journal: the same for the same events, in life, after replay,
    // and from a snapshot.
    Digest digest() const;

    BoardNumbers numbers() const;
    void load(const BoardNumbers& numbers);

  private:
    void note_doomed(const Event& event);

    Settings settings_;
    Clock clock_;
    Executors executors_;
    Tasks tasks_;
    Sessions sessions_;
    Pauses pauses_;
    Seq seq_ = 0;
    protocol::Ordinals ordinals_;
};

}  // namespace taskbbs::core
