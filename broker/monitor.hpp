// What libzmq tells of the connections of a socket that binds. Not thread-safe: the socket's
// thread.
#pragma once

#include <optional>
#include <string_view>

namespace taskbbs::broker {

// That poll(2) tells by whether there is something to do with a socket of libzmq's.
int descriptor_of(void* socket);
// What may be done with it; to say that, libzmq takes in whatever its threads have told the socket.
int ready_events_of(void* socket);

class Monitor {
  public:
    // Listens: the descriptor is a listener's. Refused, held off: hung up on before it came, as one
    // too many, or as those before it left too much. Turned away: before there was a key to look
    // at.
    enum class Kind { listens, came, went, refused, held_off, turned_away };

    struct Event {
        Kind kind = Kind::came;
        int descriptor = -1;   // of who came or went
        std::string_view why;  // of who was turned away
    };

    // `address`: any inproc:// of its own. The socket outlives this.
    Monitor(void* context, void* socket, const char* address);
    ~Monitor();
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;

    // Of each listener; of each connection once that it came, and once that it went, before its
    // descriptor is another one's. Nothing: there is no more by now.
    std::optional<Event> next();

    // For poll(2): tells once that something came, so all of it is to be taken then.
    int descriptor() const { return descriptor_; }

  private:
    void* watched_;
    void* socket_;
    int descriptor_;
};

}  // namespace taskbbs::broker
