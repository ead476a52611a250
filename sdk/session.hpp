// The machine behind a client: one session of docs/protocol.md, section 2. It takes calls, the
// broker's messages and the time, and says what to send, what is complete and when a new connection
// is due. No sockets, threads, clocks or randomness of its own, so that a simulator runs this very
// code.
//
// A driver does, in any order and from one thread:
//   submit() what callers want · on_message() what came in · on_timer() when next_deadline() is
//   there · on_disconnected() where the transport says so · if wants_connection(): make a new one,
//   drop the old, on_connected() · hand take_completions() over, and only then · while the
//   connection takes a message: send take_outgoing(), or on_unsent().
//
// How it retries:
// - Every request keeps its id. When the connection is lost, or silent for longer than the patience
//   (1 s at first, growing with full jitter), a new connection is asked for and all pending
//   requests are sent again, in order. Requests that may be answered late by right (a waiting
//   acquire, replay, converge, depart) do not count as silence; instead a `hello` probes the
//   connection while they wait.
// - `acked` is the end of the contiguous run of ids whose outcome has been handed over. An id whose
//   deadline passed counts too: acking it turns a late copy, still in some buffer, into
//   `request_expired`, so that what was reported as unknown does not happen even later.
// - A refusal leaves no trace in the broker, so a second copy of its request may still be accepted
//   until its id is acked. Where there may be one (the request was sent over several connections)
//   the refusal is handed over only when the broker has answered a message whose `acked` covers it:
//   nothing happens later. Nobody knows whether the other copy was accepted between the refusal and
//   the ack: its outcome is unknown.
// - `busy` is retried with growing pauses until the deadline.
//
// How it batches: while many answers are due, which a broker gives together, a few new requests
// wait for company, for `gather` at most: a message costs both sides as much as several requests.
// With up to eight under way none waits, nor where a call has little time.
#pragma once

#include "protocol/envelope.hpp"
#include "protocol/messages.hpp"
#include "sdk/instant.hpp"
#include "sdk/timers.hpp"
#include "taskbbs/calls.hpp"
#include "taskbbs/error.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::sdk {

using protocol::RequestId;
using protocol::SessionId;
using protocol::Verb;

struct SessionSettings {
    std::size_t unacked = 4096;   // mutations above `acked`; hello may lower it
    std::size_t window = 65'536;  // ids above `acked` that were sent
    std::size_t calls = 65'536;   // calls under way or waiting; more: overloaded
    std::size_t call_bytes = std::size_t{256} << 20;   // packed arguments of them
    std::size_t message_bytes = std::size_t{4} << 20;  // hello says otherwise
    Duration longest = std::chrono::minutes(30);       // after which any call is given up
    Duration gather = std::chrono::milliseconds(5);    // how long few wait for company
    Duration patience = std::chrono::seconds(1);       // with a silent connection
    Duration patience_max = std::chrono::seconds(16);
    Duration lost_after = std::chrono::seconds(10);   // unanswered while others are answered
    Duration probe_after = std::chrono::seconds(10);  // silence while only late answers are due
    Duration busy_pause = std::chrono::milliseconds(50);
    Duration busy_pause_max = std::chrono::seconds(5);
    // Between a connection that did not outlive the patience and the next one.
    Duration lost_pause = std::chrono::milliseconds(100);
    Duration lost_pause_max = std::chrono::seconds(5);
};

struct Submission {
    Verb verb = Verb::hello;
    std::string args;  // packed, one map
    Instant deadline;
    Duration wait{0};  // of an acquire: how late its answer may be by right
};

// The value of an `ok` points into the message it came in: see take_completions().
struct Completion {
    RequestId id = 0;
    Result<std::string_view> outcome;  // packed
};

// What is refused here, since no message can hold it.
Error too_large(std::size_t limit);

class Session {
  public:
    Session(const SessionId& id, Random random, SessionSettings settings = {});

    // Takes a call; its completion follows exactly once. Refuses, taking nothing: as `overloaded`,
    // or as `too_large` what is longer than all calls together may be. (What is longer than the
    // broker's `message_bytes` completes as `too_large` once those are known.)
    Result<RequestId> submit(Instant now, Submission call);

    // The bytes must live until take_completions(). What is not a reply message is ignored.
    void on_message(std::string_view bytes, Instant now);
    void on_timer(Instant now);

    // The connection is lost, with what was under way on it. Messages that had come in are to be
    // handed over before.
    void on_disconnected(Instant now);

    // True until on_connected(): at the start, after a loss or silence.
    bool wants_connection(Instant now) const { return wants_connection_ && connect_at_ <= now; }

    // The broker refuses to talk to this client: all that is under way ends as `denied`, what is
    // submitted later tries anew.
    void on_turned_away(std::string_view why);

    // The connection could not be made for this reason: what is given up before there is one is
    // told.
    void on_handshake_failed(std::string_view why) { handshake_failure_ = why; }

    // A new connection stands (or is being made by the transport); the old one is gone for good.
    void on_connected(Instant now);

    // When on_timer() must be called at the latest.
    std::optional<Instant> next_deadline() const;

    // The next message to send on this connection, if any. It counts as sent unless on_unsent() is
    // called before anything else: the connection did not take it.
    std::optional<std::string> take_outgoing(Instant now);
    void on_unsent();

    // What is complete since the last call. The values point into the bytes that came in.
    std::vector<Completion> take_completions();

    // Completes everything with `closed`. submit() then refuses, as `closed`.
    void close();

    RequestId acked() const { return acked_; }

    // Calls that were taken and are not complete.
    std::size_t pending() const { return calls_; }

  private:
    enum class Stage : std::uint8_t {
        waiting,      // to be sent on this connection
        sent,         // on this connection
        backing_off,  // was busy
        done,         // handed over, or its refusal is held
    };

    struct Entry {
        Verb verb = Verb::hello;
        Stage stage = Stage::waiting;
        bool internal = false;          // a hello of our own
        unsigned busy = 0;              // times in a row
        std::uint32_t connections = 0;  // over which it was sent
        std::uint32_t connection = 0;   // the last one of them
        RequestId acked = 0;            // of the first message that it was in
        std::string packed;
        Instant deadline;
        Instant sent_at;
        Duration wait{0};
        std::unique_ptr<Error> busy_error;  // seldom there, and large
    };

    // A request of the message taken last; `first`: for the first time on this connection.
    struct Sent {
        RequestId id = 0;
        bool first = false;
    };

    // A refusal that is handed over when its id is known to be acked.
    struct Held {
        RequestId id = 0;
        Error refusal;
    };

    Entry* find(RequestId id);
    RequestId append(Entry entry);
    void probe(Instant now);

    bool waits_for_company(Instant now);
    bool may_send(const Entry& entry, RequestId id) const;
    bool fits(const Entry& entry, std::size_t bytes, std::size_t count) const;
    void refuse_too_large(RequestId id, Entry& entry);
    void mark_sent(Entry& entry, RequestId id, Instant now);
    void leave_wire(Entry& entry);
    Duration allowance(const Entry& entry) const;
    void reconnect();
    void renew_patience();

    void on_reply(const protocol::Reply& reply, Instant now);
    void on_hello(std::string_view body);
    void on_busy(RequestId id, Entry& entry, Error error, Instant now);
    void on_refusal(RequestId id, Entry& entry, Error error);
    void on_whole_message_refused(const protocol::Reply& reply);
    void complete(RequestId id, Entry& entry, Result<std::string_view> outcome);
    void settle(Entry& entry);
    void release_held();
    void advance_acked();

    void give_up(RequestId id);
    Error given_up(const Entry& entry) const;
    void complete_all(const Error& error);
    void retry_busy(Instant now);
    std::optional<Instant> silent_at() const;
    bool is_lost(Instant now);
    void drop_stale_timers();

    const SessionId id_;
    const Random random_;
    SessionSettings settings_;
    std::size_t requests_ = protocol::max_requests;  // in one message
    bool knows_limits_ = false;
    bool closed_ = false;

    std::string handshake_failure_;  // empty: none since something was heard

    // Ids acked_ + 1 .. acked_ + entries_.size(), in order.
    std::deque<Entry> entries_;
    RequestId acked_ = 0;
    RequestId confirmed_ = 0;  // an `acked` that the broker is known to have received
    std::deque<RequestId> to_send_;
    std::optional<Instant> gather_until_;  // few wait for company
    bool gathered_ = false;                // they did, or must not
    std::vector<Sent> last_sent_;
    std::vector<Held> held_;
    RequestId probe_ = 0;  // the pending hello of our own, or 0

    std::size_t calls_ = 0;
    std::size_t call_bytes_ = 0;
    std::size_t unacked_ = 0;  // mutations above acked_ that were sent

    // The connection.
    bool wants_connection_ = true;
    Instant connect_at_;  // not before
    Instant connected_at_;
    unsigned losses_ = 0;  // connections in a row that were lost soon
    std::uint32_t connection_ = 0;
    unsigned silences_ = 0;  // connections in a row on which nothing was heard
    Duration patience_{0};
    std::size_t prompt_ = 0;   // requests sent on it that are answered in order, thus soon
    std::size_t late_ = 0;     // requests sent on it that may take their time
    Instant listening_since_;  // since when something could have been heard

    Timers deadlines_;
    Timers retries_;  // of busy ones
    Timers lost_;     // when a sent request is taken for lost

    std::vector<Completion> completions_;
    std::string packed_;  // the requests of a message that is made: kept for its memory
};

}  // namespace taskbbs::sdk
