// The broker's two sockets, as thin as can be: ROUTER for requests, PUB for events, set up so that
// no peer can stop the broker (bounded queues, nothing blocks, no automatic routing ids that can be
// guessed, connections and unread replies counted). Not thread-safe: the loop's.
#pragma once

#include "broker/connected.hpp"
#include "broker/core/clock.hpp"
#include "broker/outbox.hpp"
#include "broker/zap.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

// An endpoint that can't be bound: `what()` is one line that names it, why, and what to do.
class BindError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct SocketSettings {
    std::string requests;
    std::string events;
    std::uint32_t requests_mode = 0660;  // of the file of an ipc endpoint
    std::uint32_t events_mode = 0660;
    std::size_t message_bytes = 0;  // a longer request closes its connection
    std::size_t connections = 0;    // of both; beyond these, nobody is let in until some are gone
    std::size_t peer_bytes = 0;     // of replies that one peer has not taken
    std::string secret_key;  // the server's, as text; empty: no CURVE, and everybody is let in
};

class Sockets {
  public:
    // Of libzmq.
    static std::string library_version();

    // Requests of one peer that are held until they are received.
    static constexpr int messages_held = 16;

    // Binds both. Throws BindError.
    explicit Sockets(const SocketSettings& settings);
    // Where linger() was called, waits up to a second for events to be published and another one
    // for what was sent to leave; else drops it.
    ~Sockets();
    // libzmq did not let go of the sockets for some seconds: a thread of its own goes on with that,
    // so the process is to end without destructors (_Exit).
    static bool are_abandoned();
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;

    struct Incoming {
        Peer peer;
        std::string_view frame;    // holds until the next receive()
        bool is_one_frame = true;  // else `frame` is empty
        std::string_view key;      // its sender's, with CURVE; holds as `frame` does
    };

    // Where the message that was received last came from, for the log: an address; empty where
    // there is none, as with ipc.
    std::string from() const;

    // Call it with the time before each series of receive().
    void begin(core::Time now);
    // False: nothing is there. Never blocks.
    bool receive(Incoming& incoming);
    // Whatever had arrived by then was received.
    core::Time heard_until() const;

    // connected().take_gone() is to tell when whoever sent the message that was received last is
    // gone.
    void follow_sender(const Peer& peer);

    // False: the peer is gone, or does not read; it asks again.
    bool send(Message message);
    // Bytes of replies that the network has not taken yet: to all, and to this peer.
    std::size_t unread() const;
    std::size_t unread(const Peer& peer) const;
    // Before it returns what they point to was copied.
    void publish(const std::vector<Publication>& publications);
    // As in EventQueue.
    bool wants_rest(core::Time now);
    // Events that were not published, as too many waited.
    std::uint64_t dropped_events() const;

    Connected& connected();
    const Connected& connected() const;

    // Who knocks is let in, or refused and told; call it when door() is readable.
    void answer_door(const core::Grants& grants,
                     const std::function<void(const ZapHandler::Refusal&)>& on_refused);
    // -1: there is no CURVE, and nobody has to knock.
    int door() const;
    // As in SocketSettings, from now on.
    void set_limits(std::size_t connections, std::size_t peer_bytes);

    std::size_t connection_limit() const;

    void linger();

    // Descriptors for poll(2), not for zmq_poll(): that asks libzmq two times a round, with two
    // system calls each. A descriptor tells once that something came, and what was sent or received
    // since may have heard it: before a sleep, has_request() is to be asked.
    int requests() const;
    bool has_request();
    // As bound: a port of `*` is a number here.
    std::string requests_endpoint() const;
    std::string events_endpoint() const;

  private:
    class Machinery;
    std::unique_ptr<Machinery> machinery_;
};

}  // namespace taskbbs::broker
