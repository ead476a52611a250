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

using namespace std::chrono_literals;

namespace {

// What came to the socket is taken in that often, whatever else there is.
constexpr int longest_sleep_ms = 250;
constexpr std::uint64_t most_events_between = 256;

}  // namespace

Publisher::Publisher(void* socket)
    : socket_(socket), thread_(journal::quiet_thread("publisher", [this] { run(); })) {}

Publisher::~Publisher() {
    end(0ms);
}

void Publisher::end(std::chrono::milliseconds at_most) {
    if (!thread_.joinable()) {
        return;
    }
    queue_.close();
    const core::Time until = boot_time() + at_most;
    while (queue_.waiting() > 0 && boot_time() < until) {
        std::this_thread::sleep_for(1ms);
    }
    drops_ = true;
    thread_.join();
}

void Publisher::run() {
    Events events;
    while (queue_.take(events)) {
        take_in_subscriptions();
        events.each(
            [this](std::string_view topic, std::string_view body) { publish(topic, body); });
        if (events.empty()) {
            sleep();
        }
    }
}

void Publisher::publish(std::string_view topic, std::string_view body) {
    if (!drops_ && zmq_send(socket_, topic.data(), topic.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0) {
        zmq_send(socket_, body.data(), body.size(), ZMQ_DONTWAIT);
    }
    queue_.note_sent(topic, body);
    if (++sent_ % most_events_between == 0) {
        take_in_subscriptions();
    }
}

// A connection that is gone takes libzmq two of these calls: so what had come before the last one
// began is handled when this one returns.
void Publisher::take_in_subscriptions() {
    const Hearing::Mark before = begun_;
    begun_ = {.number = before.number + 1, .left = left_so_far(Side::events)};
    note_hearing(Side::events, begun_, until_);
    ready_events_of(socket_);
    until_ = before;
    note_hearing(Side::events, begun_, until_);
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
