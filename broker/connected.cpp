// By descriptors: a connection has no other name that libzmq tells.
#include "broker/connected.hpp"

#include "broker/connections.hpp"
#include "broker/system.hpp"

#include <algorithm>
#include <sys/socket.h>

namespace taskbbs::broker {

Connected::Connected(void* context, void* requests, void* events, std::uint64_t message_bytes)
    : requests_monitor_(context, requests, "inproc://requests-monitor"),
      events_monitor_(context, events, "inproc://events-monitor"),
      bouncer_(requesters_, subscribers_, received_by, message_bytes) {
    // A descriptor tells of what comes behind the end that was seen here.
    follow();
}

void Connected::follow() {
    take_in(requests_monitor_, requesters_);
    take_in(events_monitor_, subscribers_);
}

// `of_socket`: the connections of the monitor's.
void Connected::take_in(Monitor& monitor, Descriptors& of_socket) {
    while (const auto event = monitor.next()) {
        switch (event->kind) {
            case Monitor::Kind::listens:
                if (&of_socket == &subscribers_) {
                    note_events_listener(event->descriptor);
                }
                break;
            case Monitor::Kind::came:
                is_anew(event->descriptor);
                of_socket.insert(event->descriptor);
                break;
            case Monitor::Kind::went:
                is_anew(event->descriptor);
                if (of_socket.erase(event->descriptor) != 0) {
                    note_gone();
                }
                break;
            case Monitor::Kind::refused:
                ++refused_;
                make_room();
                break;
            case Monitor::Kind::held_off:
                ++held_off_;
                break;
            case Monitor::Kind::turned_away:
                turned_away_.push_back(event->why);
                break;
        }
    }
}

// It is another connection's, or none's.
void Connected::is_anew(int descriptor) {
    bouncer_.forget(descriptor);
    followed_.note_gone(descriptor);
    changed_.insert(descriptor);
}

// Somebody was one too many: who is idle gives way, and the other knocks again. Should that
// descriptor be another connection's by now, that one does.
void Connected::make_room() {
    if (const int idle = bouncer_.take_idle(boot_time()); idle >= 0) {
        shutdown(idle, SHUT_RDWR);
    }
}

// What libzmq has told is taken in first: it tells that a connection is gone, and of the next one
// on its descriptor, before it hands out a message of that.
void Connected::follow_peer(int descriptor, const Peer& peer) {
    follow();
    followed_.add(descriptor, peer, requesters_.contains(descriptor));
}

// A descriptor may have become another connection's since libzmq said so last: it is asked again,
// and who is new there stays.
Connected::Dropped Connected::drop_greedy(std::uint64_t resident,
                                          core::Time heard_until,
                                          core::Time now) {
    const Bouncer::Greedy greedy = bouncer_.look(resident, heard_until, now);
    if (greedy.subscribers.empty() && greedy.requesters.empty()) {
        return {};
    }
    changed_.clear();
    follow();
    return {.subscribers = hang_up(greedy.subscribers), .requesters = hang_up(greedy.requesters)};
}

std::size_t Connected::hang_up(const std::vector<int>& connections) const {
    return static_cast<std::size_t>(std::ranges::count_if(connections, [this](int fd) {
        return !changed_.contains(fd) && shutdown(fd, SHUT_RDWR) == 0;
    }));
}

// Should a descriptor be another connection's by now, that one does.
void Connected::drop_subscribers() {
    follow();
    for (const int fd : subscribers_) {
        shutdown(fd, SHUT_RDWR);
    }
}

}  // namespace taskbbs::broker
