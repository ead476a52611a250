// Sessions and the outcomes that they may ask for again (docs/protocol.md, section 2, "Retries are
// safe"). What is remembered and what is forgotten follows from the journaled events and batch
// times alone, so that a restart remembers and forgets the same. Only what clients said to have
// acked, and did not come with an applied mutation, is of this run.
#pragma once

#include "broker/core/clock.hpp"
#include "broker/core/event.hpp"
#include "broker/core/outcome_list.hpp"
#include "broker/core/rows.hpp"
#include "broker/core/slot_index.hpp"

#include <absl/container/flat_hash_map.h>
#include <deque>

namespace taskbbs::core {

class Sessions {
  public:
    // Serving time after its last mutation for which a session is remembered.
    static constexpr Duration remembered = std::chrono::hours(1);

    // Applied events.
    // A batch begins at `time`, in a run that began to serve at `run_began`; serving time advances
    // by what lies between two batches of one run.
    void begin_batch(Time time, Time run_began);
    // An event that `origin` asked for (id not 0).
    void record(const Event& event);
    // One more event of an outcome that is recorded already: a doomed task of a depart.
    void extend(const Origin& origin, Seq last);

    // Of this run.
    // A message said so: outcomes up to it are not asked for again.
    void acked(const SessionId& session, RequestId acked);
    // The highest id that this session is known to have acked.
    RequestId acked(const SessionId& session) const;
    // The outcome under this id, or nullptr.
    const Outcome* find(const SessionId& session, RequestId id) const;

    bool knows(const SessionId& session) const { return slot_of(session) != no_slot; }

    // Remembered ids above what is acked.
    std::size_t unacked(const SessionId& session) const;
    // Outcomes that this session has acked, and that go with its next applied mutation.
    std::size_t acked_outcomes(const SessionId& session) const;

    std::size_t size() const { return slab_.size(); }

    std::size_t outcomes() const { return outcomes_; }

    // Of what the journal says of sessions.
    Digest digest() const;

    Duration serving() const { return serving_; }

    Time last_batch() const { return last_batch_; }

    // Rows for a snapshot: each session, then its outcomes; the one used the longest ago first.
    template <class OnSession, class OnOutcome>
    void rows(const OnSession& on_session, const OnOutcome& on_outcome) const {
        for (Slot slot = oldest_; slot != no_slot; slot = slab_[slot].next) {
            on_session(numbers_of(slab_[slot]));
            for (const Outcome& outcome : slab_[slot].outcomes.all()) {
                on_outcome(numbers_of(outcome));
            }
        }
    }

    // The same back, in the same order: outcomes go to the session that was loaded last. False: its
    // id is not above the one before.
    void load(const SessionNumbers& session);
    bool load(const OutcomeNumbers& outcome);

    void load_time(Duration serving, Time last_batch) {
        serving_ = serving;
        last_batch_ = last_batch;
    }

  private:
    struct Session {
        SessionId id;
        RequestId acked = 0;       // journaled: outcomes up to it are gone
        RequestId acked_seen = 0;  // of this run; at least `acked`
        Duration last_used{};      // serving time
        Slot previous = no_slot;   // neighbours in the order of last_used
        Slot next = no_slot;
        OutcomeList outcomes;
    };

    static_assert(sizeof(Session) <= 72,
                  "a fully acked session costs at most 96 bytes, index included");

    static SessionNumbers numbers_of(const Session& session);
    static OutcomeNumbers numbers_of(const Outcome& outcome);

    Slot slot_of(const SessionId& id) const;
    Slot make(const SessionId& id);
    void use(Slot slot);
    void leave_order(Slot slot);
    void forget(Slot slot);
    void drop_acked(Session& session, RequestId acked);
    void open_share(Slot slot);
    void close_share();

    Slab<Session> slab_;
    SlotIndex index_;
    mutable Slot found_ = no_slot;  // what slot_of() found last
    Slot oldest_ = no_slot;
    Slot newest_ = no_slot;
    std::size_t outcomes_ = 0;
    Duration serving_{};
    Time last_batch_{};
    Digest digest_ = 0;    // of all but open_'s numbers
    Slot open_ = no_slot;  // whose share is not in digest_

    // Sessions that acked something without ever having mutated: bounded, the oldest goes first.
    static constexpr std::size_t max_strangers = 65'536;

    struct HashOfSession {
        std::size_t operator()(const SessionId& id) const { return index_hash(id.view()); }
    };

    absl::flat_hash_map<SessionId, RequestId, HashOfSession> strangers_;
    std::deque<SessionId> stranger_order_;
};

}  // namespace taskbbs::core
