// Of what libzmq tells, the numbers.
#include "broker/monitor.hpp"

#include "broker/connections.hpp"

#include <zmq.h>

#include <cstdint>
#include <cstring>

namespace taskbbs::broker {

namespace {

constexpr int told = ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED |
                     ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;

std::string_view why_failed(std::int32_t error) {
    switch (error) {
        case ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH:
            return "it has no key: it does not speak CURVE";
        case ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC:
            return "it expects another server's key";
        default:
            return "its handshake is broken";
    }
}

Monitor::Event event_of(std::uint16_t number, std::int32_t value) {
    switch (number) {
        case ZMQ_EVENT_LISTENING:
            return {.kind = Monitor::Kind::listens, .descriptor = value, .why = {}};
        case ZMQ_EVENT_ACCEPTED:
            return {.kind = Monitor::Kind::came, .descriptor = value, .why = {}};
        case ZMQ_EVENT_DISCONNECTED:
            return {.kind = Monitor::Kind::went, .descriptor = value, .why = {}};
        case ZMQ_EVENT_ACCEPT_FAILED:
            return {
                .kind = value == held_off_error ? Monitor::Kind::held_off : Monitor::Kind::refused,
                .why = {}};
        default:
            return {.kind = Monitor::Kind::turned_away, .why = why_failed(value)};
    }
}

}  // namespace

int descriptor_of(void* socket) {
    int descriptor = -1;
    std::size_t size = sizeof descriptor;
    zmq_getsockopt(socket, ZMQ_FD, &descriptor, &size);
    return descriptor;
}

int ready_events_of(void* socket) {
    int events = 0;
    std::size_t size = sizeof events;
    return zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) == 0 ? events : 0;
}

Monitor::Monitor(void* context, void* socket, const char* address) : watched_(socket) {
    zmq_socket_monitor(socket, address, told);
    socket_ = zmq_socket(context, ZMQ_PAIR);
    // Unbounded: libzmq's I/O thread would wait for room, holding what zmq_socket_monitor() takes.
    const int unbounded = 0;
    zmq_setsockopt(socket_, ZMQ_RCVHWM, &unbounded, sizeof unbounded);
    zmq_connect(socket_, address);
    descriptor_ = descriptor_of(socket_);
}

Monitor::~Monitor() {
    zmq_socket_monitor(watched_, nullptr, 0);
    zmq_close(socket_);
}

std::optional<Monitor::Event> Monitor::next() {
    zmq_msg_t part;
    zmq_msg_init(&part);
    std::optional<Event> event;
    if (zmq_msg_recv(&part, socket_, ZMQ_DONTWAIT) >= 0) {
        std::uint16_t number = 0;
        std::int32_t value = -1;
        const auto* const bytes = static_cast<const char*>(zmq_msg_data(&part));
        std::memcpy(&number, bytes, sizeof number);
        std::memcpy(&value, bytes + sizeof number, sizeof value);
        event = event_of(number, value);
        while (zmq_msg_more(&part) != 0) {
            zmq_msg_recv(&part, socket_, ZMQ_DONTWAIT);
        }
    }
    zmq_msg_close(&part);
    return event;
}

}  // namespace taskbbs::broker
