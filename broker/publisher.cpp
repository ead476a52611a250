// libzmq, by its C interface, as in broker/sockets.
#include "broker/publisher.hpp"

#include "broker/connections.hpp"
#include "broker/journal/quiet_thread.hpp"
#include "broker/monitor.hpp"
#include "broker/system.hpp"

#include <zmq.h>

#include <array>
#include <poll.h>

namespace taskbbs::broker {

namespace {

// It looks at its socket that often, whatever came: so what was left there is known to be handled.
constexpr int longest_sleep_ms = 250;

}  // namespace

Publisher::Publisher(void* socket)
    : socket_(socket), thread_(journal::quiet_thread("publisher", [this] { run(); })) {}

Publisher::~Publisher() {
    queue_.close();
    thread_.join();
}

void Publisher::run() {
    Events events;
    while (queue_.take(events)) {
        take_in_subscriptions();
        events.each([this](std::string_view topic, std::string_view body) {
            if (zmq_send(socket_, topic.data(), topic.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0) {
                zmq_send(socket_, body.data(), body.size(), ZMQ_DONTWAIT);
            }
            queue_.note_sent();
        });
        if (events.empty()) {
            sleep();
        }
    }
}

// All that had arrived is handled, and so is who went.
void Publisher::take_in_subscriptions() {
    hearing_.begin(boot_time(), left_so_far(Side::events));
    note_hearing(Side::events, hearing_);
    ready_events_of(socket_);
    hearing_.note_end();
    note_hearing(Side::events, hearing_);
}

void Publisher::sleep() const {
    std::array<pollfd, 2> items{
        {{queue_.awake().fd(), POLLIN, 0}, {descriptor_of(socket_), POLLIN, 0}}};
    ::poll(items.data(), items.size(), longest_sleep_ms);
    if ((items[0].revents & POLLIN) != 0) {
        queue_.awake().clear();
    }
}

}  // namespace taskbbs::broker
