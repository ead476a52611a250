// Convergence (docs/protocol.md, section 5): what got stuck is set right. A pass is asked for one
// event at a time, so that it runs in slices between requests; it looks only at the heads of orders
// by time and costs what is due.
#pragma once

#include "broker/core/decide.hpp"

namespace taskbbs::core {

// The intervals that a pass goes by.
struct PassRules {
    Duration time_to_claim{};  // for tasks without their own
    Duration kick_interval{};
    Duration kick_interval_max{};  // the interval doubles up to this with each kick in a row
    Duration claim_timeout{};
    Duration resolve_timeout{};
    Duration completed_expiry{};  // 0: never

    static PassRules of(const ConvergeSettings& settings);
    // As an asked `converge` wants them: its interval stands for kick (without back-off), claim and
    // resolve.
    static PassRules of(const ConvergeSettings& settings, const protocol::ConvergeArgs& args);
};

// When a pass began: what is due is due as of then, and what an event touched since is not due
// anew, however short the interval.
struct PassStart {
    Time now{};
    Seq seq = 0;
};

// How long a task that was kicked `kicks` times in a row is left alone before the next kick.
Duration kick_interval(const PassRules& rules, std::uint8_t kicks);

// The task whose kick has been due the longest as of `start`, or no_slot.
Slot next_kick(const Board& board, const PassRules& rules, const PassStart& start);
Event kick_task(const Board& board, Slot slot);

class Pass {
  public:
    // A pass `with_kicks` kicks what is due itself; otherwise kicks are left to the caller (Kicks).
    Pass(const PassRules& rules, const PassStart& start, bool with_kicks);

    // The next event, to be applied before the next call; nothing when the pass is over.
    std::optional<Event> next(const Board& board);

    // What it did so far; without seq.
    const protocol::ConvergeReply& counts() const { return counts_; }

  private:
    enum class Stage : std::uint8_t {
        unclaimed,
        executor_absent,
        claim_stale,
        run_too_long,
        expired,
        resolve_stale,
        kicks,
        over,
    };

    std::optional<Event> unclaimed(const Board& board) const;
    std::optional<Event> executor_absent(const Board& board);
    std::optional<Event> claim_stale(const Board& board) const;
    std::optional<Event> run_too_long(const Board& board) const;
    std::optional<Event> expired(const Board& board) const;
    std::optional<Event> resolve_stale(const Board& board) const;
    std::optional<Event> kick(const Board& board) const;
    std::optional<Event> at_stage(const Board& board);
    void count(const Event& event);

    PassRules rules_;
    PassStart start_;
    bool with_kicks_;
    Stage stage_ = Stage::unclaimed;
    Slot absent_ = 0;  // executors below are done
    protocol::ConvergeReply counts_;
};

// The kicks of timed passes: at most so many a second, the longest due first; what a second cannot
// hold waits for the next.
class Kicks {
  public:
    // A timed pass begins: what is due as of then is kicked from here on.
    void begin(const PassStart& start) { start_ = start; }

    // The next kick, to be applied before the next call; nothing when none is due or the rate is
    // used up.
    std::optional<Event> next(const Board& board, Time now);

    // When next() has something to do again.
    std::optional<Time> next_deadline() const { return resume_; }

  private:
    std::optional<PassStart> start_;  // nothing: all that was due is kicked
    std::optional<Time> resume_;
    Time filled_at_{};
    double tokens_ = 0;
};

}  // namespace taskbbs::core
