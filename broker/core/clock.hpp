// The broker's time (docs/protocol.md, section 5, "The clock"). `now` is an argument: it starts at
// the wall clock or at the last event, whichever is later, and advances with the boot clock. Ages
// and deadlines follow `now`; events are stamped with a time that never goes back and that, where
// the last event is far ahead of the wall clock, creeps until the wall clock has caught up.
#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace taskbbs::core {

using protocol::Duration;
using protocol::Time;

// `from` + `by`; nothing where that lies beyond what a Time can hold: it never comes.
std::optional<Time> later(Time from, std::chrono::milliseconds by);

class Clock {
  public:
    // Before begin(), stamps are taken from the journal: now and stamp are one.
    Clock() = default;

    // Serving begins. Returns `now` as of this moment; the caller adds the boot clock's advance.
    Time begin(Time wall, Time last_event);

    // The next event's time: after every earlier one, by at least a nanosecond.
    Time stamp(Time now);
    // What stamp() would be based on, without taking it: never before an earlier stamp.
    Time peek(Time now) const;
    // A stamp read from the journal.
    void observe(Time stamp);

    // The moment, on now's scale, from which the age of `stamp` counts: the later of the stamp and
    // the moment when this process began to serve. The same for the same stamp at any time.
    Time origin(Time stamp) const;

    Time last_stamp() const { return last_; }

    Time serving_since() const { return serving_since_; }

    // How far the newest event is ahead of the wall clock; 0 where stamps do not creep.
    Duration ahead(Time now) const;

  private:
    Time wall_of(Time now) const { return now - offset_; }

    // Where stamps creep, `now` can't be told from a stamp: these say which belongs to which, one
    // pair each 10 ms. Between two, and behind the last, both advance alike.
    struct Pair {
        Time stamp;
        Time now;
    };

    Time last_{};
    Time serving_since_{};
    Duration offset_{};  // of now over the wall clock, while stamps creep or have crept
    bool creeping_ = false;
    std::vector<Pair> pairs_;
};

}  // namespace taskbbs::core
