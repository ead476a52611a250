// libzmq, by its C interface: the C++ one throws where a peer is merely gone.
#include "broker/sockets.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/socket.h>

namespace taskbbs::broker {

namespace {

constexpr int reply_queue = 1000;     // messages to one peer
constexpr int request_queue = 16;     // from one peer: each may be as large as message_bytes
constexpr int event_queue = 100'000;  // to one subscriber; beyond, it has a hole and asks `replay`
constexpr int subscription_bytes = 4096;  // the longest message on the events socket
constexpr int handshake_ms = 5000;
constexpr int backlog = 1024;
constexpr int farewell_ms = 1000;
constexpr const char* monitor_address = "inproc://connections";

void set(void* socket, int option, int value) {
    zmq_setsockopt(socket, option, &value, sizeof value);
}

std::string last_endpoint(void* socket) {
    std::array<char, 1024> text{};
    std::size_t size = text.size();
    zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, text.data(), &size);
    return text.data();
}

void bind_to(void* socket, const std::string& endpoint, std::string_view option) {
    // Only where it is asked for: an IPv6 socket names IPv4 addresses in a way few clients expect.
    set(socket, ZMQ_IPV6, endpoint.starts_with("tcp://[") ? 1 : 0);
    if (zmq_bind(socket, endpoint.c_str()) == 0) {
        return;
    }
    const int error = zmq_errno();
    const std::string_view next_step =
        error == EADDRINUSE ? "another process has it: end that one, or choose another endpoint"
        : error == EACCES   ? "this user may not: choose a port above 1023, or another path"
                            : "choose an address of this host";
    throw BindError(fmt::format(
        "cannot bind {} = {}: {}; {}", option, endpoint, zmq_strerror(error), next_step));
}

// libzmq takes routing ids from rand(), which starts alike in every process.
void seed_routing_ids() {
    unsigned seed = 0;
    if (getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed)) {
        std::srand(seed);
    }
}

}  // namespace

class Sockets::Machinery {
  public:
    explicit Machinery(const SocketSettings& settings) : limit_(settings.connections) {
        seed_routing_ids();
        context = zmq_ctx_new();
        zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 16);
        requests = zmq_socket(context, ZMQ_ROUTER);
        events = zmq_socket(context, ZMQ_PUB);
        for (void* socket : {requests, events}) {
            set(socket, ZMQ_LINGER, 0);
            set(socket, ZMQ_HANDSHAKE_IVL, handshake_ms);
            set(socket, ZMQ_BACKLOG, backlog);
            set(socket, ZMQ_TCP_KEEPALIVE, 1);
        }
        set(requests, ZMQ_ROUTER_MANDATORY, 1);
        set(requests, ZMQ_RCVHWM, request_queue);
        set(requests, ZMQ_SNDHWM, reply_queue);
        set_size(requests, settings.message_bytes);
        set(events, ZMQ_SNDHWM, event_queue);
        set_size(events, subscription_bytes);
        monitor = zmq_socket(context, ZMQ_PAIR);
        zmq_socket_monitor(requests, monitor_address, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
        zmq_connect(monitor, monitor_address);
        zmq_msg_init(&frame);
    }

    ~Machinery() {
        zmq_msg_close(&frame);
        zmq_socket_monitor(requests, nullptr, 0);
        for (void* socket : {monitor, events, requests}) {
            zmq_close(socket);
        }
        zmq_ctx_term(context);
    }

    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    void bind_both(const SocketSettings& settings) {
        bind_to(requests, settings.requests, "requests.endpoint");
        requests_endpoint = last_endpoint(requests);
        bind_to(events, settings.events, "events.endpoint");
        events_endpoint = last_endpoint(events);
    }

    // The listener stays, as libzmq ends all its connections with it: who is one too many is hung
    // up on, and knocks again. Should `fd` be another connection's by now, that one does.
    void connected(int fd) {
        ++connections;
        if (connections > limit_) {
            shutdown(fd, SHUT_RDWR);
        }
    }

    void disconnected() { connections -= connections > 0 ? 1 : 0; }

    void* context = nullptr;
    void* requests = nullptr;
    void* events = nullptr;
    void* monitor = nullptr;
    zmq_msg_t frame;
    std::string requests_endpoint;
    std::string events_endpoint;
    std::size_t connections = 0;

  private:
    static void set_size(void* socket, std::size_t bytes) {
        const auto limit = static_cast<std::int64_t>(bytes);
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &limit, sizeof limit);
    }

    std::size_t limit_;
};

Sockets::Sockets(const SocketSettings& settings)
    : machinery_(std::make_unique<Machinery>(settings)) {
    machinery_->bind_both(settings);
}

Sockets::~Sockets() = default;

bool Sockets::receive(Incoming& incoming) {
    zmq_msg_t& frame = machinery_->frame;
    void* const socket = machinery_->requests;
    if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) < 0) {
        return false;
    }
    incoming.peer.assign(static_cast<const char*>(zmq_msg_data(&frame)), zmq_msg_size(&frame));
    int frames = 0;
    // Every frame is taken off the socket, however many a peer sends; none past the first is kept.
    while (zmq_msg_more(&frame) != 0) {
        if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) < 0) {
            return false;
        }
        ++frames;
    }
    incoming.is_one_frame = frames == 1;
    incoming.frame = {};
    if (incoming.is_one_frame) {
        incoming.frame = {static_cast<const char*>(zmq_msg_data(&frame)), zmq_msg_size(&frame)};
    }
    return true;
}

bool Sockets::send(const Message& message) {
    void* const socket = machinery_->requests;
    const int routed =
        zmq_send(socket, message.peer.data(), message.peer.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT);
    return routed >= 0 &&
           zmq_send(socket, message.bytes.data(), message.bytes.size(), ZMQ_DONTWAIT) >= 0;
}

void Sockets::publish(std::string_view topic, std::string_view body) {
    void* const socket = machinery_->events;
    if (zmq_send(socket, topic.data(), topic.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0) {
        zmq_send(socket, body.data(), body.size(), ZMQ_DONTWAIT);
    }
}

void Sockets::count_connections() {
    zmq_msg_t part;
    zmq_msg_init(&part);
    while (zmq_msg_recv(&part, machinery_->monitor, ZMQ_DONTWAIT) >= 0) {
        std::uint16_t event = 0;
        std::int32_t fd = -1;
        const auto* const bytes = static_cast<const char*>(zmq_msg_data(&part));
        std::memcpy(&event, bytes, sizeof event);
        std::memcpy(&fd, bytes + sizeof event, sizeof fd);
        while (zmq_msg_more(&part) != 0) {
            zmq_msg_recv(&part, machinery_->monitor, ZMQ_DONTWAIT);
        }
        event == ZMQ_EVENT_ACCEPTED ? machinery_->connected(fd) : machinery_->disconnected();
    }
    zmq_msg_close(&part);
}

std::size_t Sockets::connections() const {
    return machinery_->connections;
}

void Sockets::linger() {
    set(machinery_->requests, ZMQ_LINGER, farewell_ms);
    set(machinery_->events, ZMQ_LINGER, farewell_ms);
}

void* Sockets::requests() {
    return machinery_->requests;
}

void* Sockets::monitor() {
    return machinery_->monitor;
}

std::string Sockets::requests_endpoint() const {
    return machinery_->requests_endpoint;
}

std::string Sockets::events_endpoint() const {
    return machinery_->events_endpoint;
}

}  // namespace taskbbs::broker
