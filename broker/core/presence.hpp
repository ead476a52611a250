// Presence (docs/protocol.md, section 5): heartbeats, what a new incarnation means, and when
// presence runs out. Renewals and the brake are of this run; joining and leaving are events.
#pragma once

#include "broker/core/decide.hpp"

#include <queue>
#include <vector>

namespace taskbbs::core {

// What a heartbeat comes to.
struct Beat {
    enum class Next : std::uint8_t {
        renew,    // present under this incarnation: Presence::renew(), then answer
        join,     // not present: the event is `joined`; then renew and answer
        restart,  // another incarnation was present: the event is `lost`; then the beat is judged
                  // anew
        wait,  // tasks of its former life are still being ended: judge anew after the last of them
    };
    Next next = Next::renew;
    Slot executor = no_slot;  // renew, wait
    Event event;              // join, restart
};

Decided<Beat> decide(const Board& board, const protocol::HeartbeatArgs& args);

// The guids of `running` that this executor does not own under that epoch.
protocol::Names stale_tasks(const Board& board,
                            std::string_view executor_id,
                            const std::vector<protocol::Holding>& running);

// Why an executor is lost that was not heard of for too long (docs/protocol.md, section 5).
inline constexpr std::string_view lost_by_time = "expired";

// When presence runs out. Times are on now's scale.
class Presence {
  public:
    // Serving begins: everybody present keeps its presence for a whole ttl.
    void begin_serving(Board& board, Time now);

    // A heartbeat of a present executor; also after `joined`.
    void renew(Board& board, Slot executor, Time now);
    // Before an executor's lost or departed event is applied.
    void leave(Board& board, Slot executor);

    // The next executor that is lost as of `now`, or nothing. The caller has handled every
    // heartbeat that was received before `now`, and applies the loss before it asks again. A call
    // looks at a bounded number of executors: where many ran out at once it may return nothing
    // although there is more to do, and next_deadline() is not after `now` then. Executors are
    // looked at in the order of their times, however the calls divide them: nobody is judged before
    // all that ran out earlier are counted.
    std::optional<Event> next_loss(Board& board, Time now);

    // When next_loss() may have something to do.
    std::optional<Time> next_deadline() const;

    // The brake holds somebody.
    bool brake() const { return held_ > 0; }

    std::size_t run_out() const { return run_out_; }

  private:
    struct Timer {
        Time at;
        Slot executor;

        bool operator>(const Timer& other) const { return at > other.at; }
    };

    void set_timer(ExecutorRecord& executor, Slot slot, Time at);
    bool brakes(const Board& board) const;
    void freshen(ExecutorRecord& executor);

    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
    std::size_t run_out_ = 0;  // present executors whose presence has run out, held ones included
    std::size_t held_ = 0;
};

}  // namespace taskbbs::core
