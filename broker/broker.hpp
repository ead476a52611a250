// The loop, as a machine without sockets, files and clocks: it takes messages, completions and
// `now`, and says what to write, what to send and when to be called again. Requests are decided and
// applied at once and gather in a batch; replies and events of a batch leave when it is durable, in
// order (docs/architecture.md). Not thread-safe: one thread, or a simulator, drives it.
#pragma once

#include "broker/brought.hpp"
#include "broker/core/acquire.hpp"
#include "broker/core/board.hpp"
#include "broker/core/converge.hpp"
#include "broker/core/grants.hpp"
#include "broker/core/presence.hpp"
#include "broker/core/waiters.hpp"
#include "broker/figures.hpp"
#include "broker/journal/batch.hpp"
#include "broker/journal/history.hpp"
#include "broker/metrics/counters.hpp"
#include "broker/outbox.hpp"
#include "broker/parking.hpp"
#include "broker/replay_queue.hpp"
#include "broker/stats.hpp"

#include <absl/container/flat_hash_map.h>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace taskbbs::broker {

using core::Duration;
using core::Event;
using core::Slot;
using core::Time;
using protocol::Request;
using protocol::Value;
using protocol::Verb;

// What `hello` and ticks say of this broker.
struct Identity {
    std::string server;           // program and version
    std::string broker_id;        // stable over restarts
    std::string log;              // names the history
    std::string events;           // the endpoint to subscribe at
    std::string sync;             // "always" or "never"
    bool curve = false;           // clients are encrypted and known by their keys
    bool open_plaintext = false;  // they are not, though others than this host's reach an endpoint
    std::string system;           // kernel and architecture
    std::string libzmq;           // its version
};

// What is to be sent. Publications point into the broker, and hold until the next take_batch().
struct Output {
    std::vector<Message> messages;
    std::vector<Publication> publications;
    std::vector<HistoryQuestion> questions;
};

class Broker {
  public:
    // `board` holds what recovery found, and outlives the broker.
    Broker(core::Board& board, Identity identity);

    // Serving begins: presence and passes count from now; the first batch says so.
    void begin(Time now);

    // ---- input -------------------------------------------------------------------------------
    // One request message: one frame, which holds until handle_next() has nothing left of it; no
    // other one is handed in before. `grant`: what whoever sent it may do; null: everything.
    // Returns what is wrong with it as a whole, in one line; empty: nothing.
    std::string receive(const Peer& peer,
                        std::string_view frame,
                        Time now,
                        core::GrantPtr grant = nullptr);
    // Handles the next request of that message. False: there is none left. `unread`: bytes of
    // replies that were sent to its peer by now and that it has not taken yet; they don't matter
    // while there_is_credit().
    bool handle_next(std::size_t unread);
    // Whether all replies that wait here, and `unread` of all peers together, are fewer than those
    // that a single one may leave unread: then it need not be looked up how many are whose.
    bool there_is_credit(std::size_t unread) const;
    // A message that was not one frame, or too long: `why` in one line, which is returned.
    std::string receive_malformed(const Peer& peer, std::string why, Time now);
    // A page that was asked for.
    void receive_page(std::uint64_t token, const journal::Page& page);
    // The grants are others now: whoever waits under one that changed waits no more. From now on
    // receive() gets those of `grants`.
    void regrant(const core::Grants& grants);

    // Whether a request that was handled since the last call waits now, so that note_gone() wants
    // to be told of its peer.
    bool take_waits() { return std::exchange(waits_, false); }

    // This peer is gone: its replays end, and its acquires give way where others want their places.
    void note_gone(const Peer& peer);
    // What is due, in a slice of at most about a millisecond, or a tenth of that where requests
    // wait: true when there is more to do at once. `heard_until`: every message that had arrived
    // before this has been handled, so that whose presence ran out by then may be lost.
    bool work(Time now, Time heard_until, bool requests_wait);

    // From now on, as in Board::set_settings().
    void set_settings(const core::Settings& settings, Time now);

    // The disk is short of space: no new work is taken, what is under way goes on (section 6).
    void set_read_only(bool on) { read_only_ = on; }

    // ---- the journal -------------------------------------------------------------------------
    // The batch to write next; null when there is nothing to write or one is in flight already.
    std::unique_ptr<journal::Batch> take_batch(Time now);
    // The batch in flight is durable: what it reveals goes to output().
    void durable(std::unique_ptr<journal::Batch> batch, Time now);
    // The batch that gathers is as large as it may get: hand in nothing more for now.
    bool full() const;

    // ---- output ------------------------------------------------------------------------------
    // Replies that reveal nothing undurable are added by take_batch() and durable(). The caller
    // sends it and clears it.
    Output& output() { return output_; }

    std::optional<Time> next_deadline() const;

    Stats& stats() { return stats_; }

    metrics::Counters& counters() { return counters_; }

    // Of a scrape: all that is the broker's (broker/figures.hpp).
    void fill(Figures& figures);

    core::Seq durable_seq() const { return durable_seq_; }

    bool brake() const { return presence_.brake(); }

    // Executors that are present.
    std::size_t present() const { return board_.executors().present(); }

    std::size_t run_out() const { return presence_.run_out(); }

  private:
    struct Replay {
        Caller caller;
        core::Seq seq = 0;
    };

    // A task that became available, as far as those who wait were asked about it.
    struct Offer {
        Slot task = core::no_slot;  // none: whatever there is, since queues were resumed
        core::Waiters::Ticket asked = 0;
    };

    // Where the task lay that was lost last: no task before it in its executor's listings is
    // doomed.
    struct LossMark {
        Slot executor = core::no_slot;
        core::State state = core::State::claimed;
        std::optional<core::ListKey> last;
    };

    // The message that is being handled; kept for its memory.
    struct Current {
        Peer peer;
        core::GrantPtr grant;
        protocol::RequestMessage message;
        std::size_t next = 0;   // of its requests
        std::size_t looks = 0;  // of its acquires, at queues and tasks
    };

    // All askers are one request, as often as it came.
    struct AskedPass {
        std::vector<Caller> askers;
        protocol::ConvergeArgs args;
    };

    struct RunningPass {
        core::Pass pass;
        std::vector<Caller> askers;
    };

    // What is in flight: leaves when its batch is durable.
    struct Flight {
        Outbox outbox;
        core::Seq last_seq = 0;
        protocol::Ordinals ordinals;
    };

    // broker.cpp: the flow of every request and every event.
    void handle(Caller caller, const Request& request, std::size_t unread);
    void answer_acquire_again(const Caller& caller,
                              std::string_view executor_id,
                              const core::Outcome& outcome);
    bool has_asked_too_much(const Caller& caller);
    bool still_hands_over(const Caller& caller, Verb verb, Slot task) const;
    void refuse_message(const Peer& peer, const protocol::EnvelopeFault& fault);
    bool has_credit(const Peer& peer, std::size_t unread) const;
    void answer_again(const Caller& caller,
                      Verb verb,
                      const Request& request,
                      const core::Outcome& outcome);
    void refuse(const Caller& caller, protocol::Status status, const protocol::Refusal& body);
    void refuse(const Caller& caller, const core::Refused& refused);
    void refuse(const Caller& caller, const protocol::Fault& fault);

    template <class Body>
    void reply(const Caller& caller, const Body& body) {
        counters_.note_answer(caller.verb, protocol::Status::ok);
        gathering_.reply(caller.peer, caller.id, body);
    }

    void reply_packed(const Caller& caller, std::string_view body) {
        counters_.note_answer(caller.verb, protocol::Status::ok);
        gathering_.reply_packed(caller.peer, caller.id, body);
    }

    void open_batch();
    Slot commit(Event& event, const Caller* caller = nullptr, Verb verb = Verb::hello);
    Outbox new_outbox() const;
    core::PassStart pass_start() const;

    // figures.cpp
    void count(const Event& event);
    void fill_domains(Figures& figures);

    // verbs.cpp
    using Handler = void (Broker::*)(const Caller&, const Request&);
    static Handler handler_of(Verb verb);
    template <class Args>
    bool read(const Caller& caller, const Request& request, Args& args);
    template <class Args>
    void mutate(const Caller& caller, const Request& request);
    void hello(const Caller& caller, const Request& request);
    void acquire(const Caller& caller, const Request& request);
    void get(const Caller& caller, const Request& request);
    void list(const Caller& caller, const Request& request);
    void converge(const Caller& caller, const Request& request);
    std::vector<Caller>* askers_with(const Caller& caller);
    void heartbeat(const Caller& caller, const Request& request);
    void executors(const Caller& caller, const Request& request);
    void replay(const Caller& caller, const Request& request);
    void ask_history();
    void answer_replay(std::uint64_t token, const journal::Page& page);
    void stats(const Caller& caller, const Request& request);
    void stats_within(const Caller& caller);
    void explain(const Caller& caller, const Request& request);
    void paused(const Caller& caller, const Request& request);

    void beat(const Caller& caller, const protocol::HeartbeatArgs& args);
    void note_offer(Slot executor, const protocol::HeartbeatArgs& args);
    void note_domains(const protocol::AcquireArgs& args);
    void answer_departed(const Caller& caller, Slot executor);
    void park(Slot executor, Parked parked);
    void hand_over(const Caller& caller,
                   std::string_view executor_id,
                   const std::vector<Slot>& tasks);
    void reply_tasks(const Caller& caller, const std::vector<Slot>& tasks, core::Seq seq);
    void reply_empty(const core::Waiter& waiter);
    void wait(const Caller& caller, const protocol::AcquireArgs& args);

    // shares.cpp: false, and answered, where it would be too much of what all share.
    bool has_session(const Caller& caller);
    void note_brought(const Caller& caller, std::size_t sessions, std::size_t outcomes);
    bool may_join(const Caller& caller);
    bool may_wait(const Caller& caller, const protocol::AcquireArgs& args);
    bool may_list(const Caller& caller, const protocol::AcquireArgs& args);
    bool end_wait(core::Waiters::Ticket ticket);

    // work.cpp: what nobody asked for just now.
    void settle();
    bool serve(Offer& offer);
    void offer_anew();
    bool serve_anew(Offer& offer);
    bool serve_waiter(core::Waiters::Ticket ticket, Slot task);
    void count_looks(const core::Choice& choice);
    void hand_over_waiting(core::Waiters::Ticket ticket, const std::vector<Slot>& tasks);
    bool lose_next_task();
    Slot next_doomed();
    bool lose_next_executor(Time heard_until);
    bool must_await_landing() const;
    bool converge_next();
    bool begin_pass();
    void end_pass();
    void unpark(Slot executor);
    void publish_tick();

    core::Board& board_;
    Identity identity_;
    core::Presence presence_;
    core::Waiters waiters_;
    std::deque<Offer> offers_;
    LossMark lost_;
    std::int64_t looks_ = 0;  // at those who wait and what there is for them, until the next work()
    Stats stats_;
    metrics::Counters counters_;
    std::vector<std::string> shown_domains_;  // by scrapes
    bool read_only_ = false;
    Current current_;
    bool waits_ = false;
    Time now_{};

    // Passes.
    std::optional<RunningPass> pass_;
    std::deque<AskedPass> asked_passes_;
    core::Kicks kicks_;
    std::optional<Time> next_pass_;

    JoinedBy joined_by_;
    Begun sessions_begun_;
    Remembered outcomes_left_;
    Parking parking_;
    absl::flat_hash_map<std::uint64_t, Replay> replays_;
    ReplayQueue replay_queue_;
    std::uint64_t next_token_ = 1;

    // The batch that gathers, and what leaves with it.
    std::unique_ptr<journal::Batch> batch_ = std::make_unique<journal::Batch>();
    bool batch_open_ = false;
    int unasked_ = 0;   // its events that no request asked for
    Time run_began_{};  // to serve, as stamps count
    Outbox gathering_;
    std::optional<Flight> flight_;
    std::unique_ptr<journal::Batch> landed_batch_;  // being published; then recycled
    std::optional<Outbox> landed_;

    core::Seq durable_seq_ = 0;
    protocol::Ordinals durable_ordinals_;
    std::optional<Time> confirm_at_;
    std::optional<Time> next_tick_;
    std::string tick_body_;
    Output output_;

    // Scratch, kept for its memory.
    protocol::Document document_;
    std::string body_;
    std::string rest_;
};

}  // namespace taskbbs::broker
