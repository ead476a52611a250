// Watching the board without missing anything (docs/protocol.md, section 7): what to watch, from
// where, and the handle on a watch that runs. Watches are begun by Client.
#pragma once

#include "taskbbs/error.hpp"
#include "taskbbs/export.hpp"
#include "taskbbs/task.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace taskbbs {

enum class WatchFrom : std::uint8_t {
    now,        // events that happen after the watch has begun
    beginning,  // the oldest event that is kept, then every later one
    after,      // every event after WatchOptions::after
    listing,    // every task that is in one of the streams' states now, then every later event
};

struct WatchOptions {
    std::vector<Stream> streams;       // empty: all
    std::vector<std::string> domains;  // empty: all; given, executor events do not match
    std::string guid;                  // empty: all; given, executor events do not match
    WatchFrom from = WatchFrom::now;
    Seq after = 0;  // for WatchFrom::after
};

// The history was cut, so what was known from events may be wrong: forget it. A listing is then
// made anew and its tasks handed over again; `beginning` starts over; the others go on with what is
// kept.
struct Reset {
    enum class Reason : std::uint8_t {
        log_changed,  // the broker serves another history: a backup was restored, a journal
                      // repaired
        truncated,    // events in between are kept no more
    };
    Reason reason = Reason::log_changed;
};

// Called one at a time on a thread of the watch's own, or where ClientOptions::post puts them; they
// may block (a slow one delays its watch alone, and misses nothing but what the broker has ceased
// to keep) and may call the client's blocking calls. They must not throw, nor destroy the client.
//
// Each event comes once, and those of one stream in order. Where publications were lost, an older
// event may come after a newer one of another stream; and, where domains or a guid are given, of
// the same stream too, since such a watch can't see what it missed before the next tick. So compare
// `seq` with the task's. After a Reset, repeats are possible.
struct WatchHandlers {
    std::function<void(const Event&)> on_event;
    std::function<void(const Task&)> on_listed;  // of WatchFrom::listing: headers
    std::function<void(const Reset&)> on_reset;
    // Everything that matches up to event `position` has been handed over: first when the watch has
    // caught up with what was there as it began, or after a Reset; then whenever that is known
    // anew, about once a second while anything happens. A later watch may go on from there
    // (WatchFrom::after).
    std::function<void(Seq position)> on_caught_up;
    // The end, exactly once and last of all: without an error when it was asked for, else why (the
    // client was destroyed: `closed`; the broker refused: `denied`). An unreachable broker is no
    // end.
    std::function<void(const std::optional<Error>&)> on_end;
};

// A watch that runs until it is stopped or this handle is destroyed. Movable; one thread at a time.
class TASKBBS_EXPORT Watch {
  public:
    Watch();
    Watch(Watch&&) noexcept;
    Watch& operator=(Watch&&) noexcept;  // stops the one that it held
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();  // stop()

    // Ends the watch. When it returns, on_end has run and no handler runs again. Called by one of
    // the watch's own handlers it returns at once and the end follows. Again: nothing happens.
    // With ClientOptions::post, what was posted is dropped and on_end runs inside of stop(),
    // always.
    void stop();

    // False once on_end has been called.
    bool running() const;

    class Thread;
    explicit Watch(std::shared_ptr<Thread> thread);

  private:
    std::shared_ptr<Thread> thread_;
};

}  // namespace taskbbs
