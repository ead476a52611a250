// The seam below the drivers: connections to a broker, a place to wait, and the clock. Over sockets
// it is sdk/zmq_transport; the one in process, with a clock that a test turns, is sdk/testing.
// Whatever of the SDK waits for the broker or for time waits at a Station.
#pragma once

#include "sdk/instant.hpp"
#include "taskbbs/error.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::sdk {

// Why no connection came to be, as far as the other side or the handshake tells.
struct Trouble {
    enum class Kind : std::uint8_t {
        none,
        turned_away,       // the broker does not know this client's key, and said so
        handshake_failed,  // the keys don't fit, or one side alone uses any
    };

    Kind kind = Kind::none;
    std::string_view message;  // one line
};

// A connection to requests or to events, which comes and goes in the background. One thread uses
// it. Nothing here waits or throws.
class Link {
  public:
    Link() = default;
    virtual ~Link() = default;  // drops what was not sent
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // False: not connected, or no room for now.
    virtual bool send(std::string_view message) = 0;

    // The frames of the next message, if there is one: those beyond `most` are dropped, and make
    // the message one of `most` + 1 frames.
    virtual std::optional<std::vector<std::string>> receive(std::size_t most) = 0;

    // Whether the connection was lost since the last call. One to events never tells.
    virtual bool was_disconnected() = 0;

    // What was_disconnected() learned on the way, since the last call.
    virtual Trouble take_trouble() { return {}; }
};

struct Readiness {
    bool readable = false;
    bool writable = false;
    bool monitor = false;  // was_disconnected() has something to tell
};

// Where one thread waits.
class Station {
  public:
    Station() = default;
    virtual ~Station() = default;
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    // From any thread: the present wait ends, or the next one does at once.
    virtual void signal() = 0;

    // Until `link` (may be null; one of the same transport) is readable, or writable where that
    // matters, or has lost its connection, or signal(), or `until`. It may end for no reason.
    virtual Readiness wait(Link* link, bool for_writing, std::optional<Instant> until) = 0;
};

// Thread-safe. Outlives its links and stations.
class Transport {
  public:
    Transport() = default;
    virtual ~Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    virtual Instant now() const = 0;

    // Somebody waits who can't do otherwise, a destructor: a clock that only tests turn goes on to
    // what is due next, if nothing else is left to happen. Other clocks go by themselves.
    virtual void let_time_pass() {}

    // Both fail as `unusable_endpoint`.
    virtual Result<std::unique_ptr<Link>> dealer(const std::string& endpoint) = 0;
    virtual Result<std::unique_ptr<Link>> subscriber(const std::string& endpoint,
                                                     const std::vector<std::string>& topics) = 0;

    // Null: the system has no descriptor left for it.
    virtual std::unique_ptr<Station> station() = 0;
};

}  // namespace taskbbs::sdk
