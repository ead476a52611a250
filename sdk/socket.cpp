// The one place of the SDK that calls zmq.
#include "sdk/socket.hpp"

#include "keys/key_pair.hpp"

#include <zmq.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::sdk {

namespace {

void set(void* socket, int option, int value) {
    ::zmq_setsockopt(socket, option, &value, sizeof value);
}

// No ZMQ_HEARTBEAT_*: it crashes slow peers by assertion; silence is judged by the session.
void* make_socket(ZmqContext& context, int type, const std::string& endpoint) {
    void* socket = ::zmq_socket(context.get(), type);
    if (socket != nullptr) {
        set(socket, ZMQ_LINGER, 0);
        set(socket, ZMQ_TCP_KEEPALIVE, 1);
        set(socket, ZMQ_TCP_KEEPALIVE_IDLE, 60);
        set(socket, ZMQ_RECONNECT_IVL, 100);
        set(socket, ZMQ_RECONNECT_IVL_MAX, 1000);
        // Only where it is asked for: an IPv6 socket may take a name for an address of IPv6 where
        // the broker is bound to one of IPv4.
        set(socket, ZMQ_IPV6, endpoint.starts_with("tcp://[") ? 1 : 0);
    }
    return socket;
}

// This client's key, and the only one that the other side may have.
bool secure(void* socket, const CurveKeys& keys) {
    const std::string public_key = keys::public_key_of(keys.secret_key).value_or("");
    const auto put = [socket](int option, const std::string& key) {
        return ::zmq_setsockopt(socket, option, key.data(), key.size()) == 0;
    };
    return put(ZMQ_CURVE_PUBLICKEY, public_key) && put(ZMQ_CURVE_SECRETKEY, keys.secret_key) &&
           put(ZMQ_CURVE_SERVERKEY, keys.server_key);
}

Error unusable(const std::string& endpoint) {
    return {.code = Code::unusable_endpoint,
            .message = "can't connect to '" + endpoint + "': " + ::zmq_strerror(::zmq_errno())};
}

}  // namespace

// ---- ZmqContext ------------------------------------------------------------------------------

ZmqContext::ZmqContext() : context_(::zmq_ctx_new()) {
    if (context_ == nullptr) {
        std::abort();  // out of memory
    }
}

ZmqContext::~ZmqContext() {
    while (::zmq_ctx_term(context_) != 0 && ::zmq_errno() == EINTR) {
    }
}

std::string ZmqContext::unique_endpoint() {
    return "inproc://monitor-" + std::to_string(endpoints_++);
}

// ---- Socket ----------------------------------------------------------------------------------

Socket::Socket(std::shared_ptr<ZmqContext> context, void* socket)
    : context_(std::move(context)), socket_(socket) {}

Result<Socket> Socket::dealer(const std::shared_ptr<ZmqContext>& context,
                              const std::string& endpoint,
                              const std::optional<CurveKeys>& curve) {
    Socket made(context, make_socket(*context, ZMQ_DEALER, endpoint));
    made.curve_ = curve.has_value();
    if (made.socket_ == nullptr || (curve && !secure(made.socket_, *curve))) {
        return tl::unexpected(unusable(endpoint));
    }
    // Nothing is queued for a broker that isn't there, and little for one that is slow: what is
    // pending belongs to the session, which knows what has expired.
    set(made.socket_, ZMQ_IMMEDIATE, 1);
    set(made.socket_, ZMQ_SNDHWM, 64);
    set(made.socket_, ZMQ_RCVHWM, 1000);
    if (!made.start_monitor() || ::zmq_connect(made.socket_, endpoint.c_str()) != 0) {
        return tl::unexpected(unusable(endpoint));
    }
    return made;
}

Result<Socket> Socket::subscriber(const std::shared_ptr<ZmqContext>& context,
                                  const std::string& endpoint,
                                  const std::vector<std::string>& topics,
                                  const std::optional<CurveKeys>& curve) {
    Socket made(context, make_socket(*context, ZMQ_SUB, endpoint));
    if (made.socket_ == nullptr || (curve && !secure(made.socket_, *curve))) {
        return tl::unexpected(unusable(endpoint));
    }
    set(made.socket_, ZMQ_RCVHWM, 100'000);
    for (const std::string& topic : topics) {
        ::zmq_setsockopt(made.socket_, ZMQ_SUBSCRIBE, topic.data(), topic.size());
    }
    if (::zmq_connect(made.socket_, endpoint.c_str()) != 0) {
        return tl::unexpected(unusable(endpoint));
    }
    return made;
}

// libzmq connects again by itself and says nothing of what was lost on the way.
bool Socket::start_monitor() {
    const std::string endpoint = context_->unique_endpoint();
    constexpr int events = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                           ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                           ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
    if (::zmq_socket_monitor(socket_, endpoint.c_str(), events) != 0) {
        return false;
    }
    monitor_ = ::zmq_socket(context_->get(), ZMQ_PAIR);
    return monitor_ != nullptr && ::zmq_connect(monitor_, endpoint.c_str()) == 0;
}

Socket::Socket(Socket&& other) noexcept
    : context_(std::move(other.context_)),
      socket_(std::exchange(other.socket_, nullptr)),
      monitor_(std::exchange(other.monitor_, nullptr)),
      curve_(other.curve_),
      disconnected_(other.disconnected_),
      trouble_(other.trouble_) {}

Socket& Socket::operator=(Socket&& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(socket_, other.socket_);
    std::swap(monitor_, other.monitor_);
    std::swap(curve_, other.curve_);
    std::swap(disconnected_, other.disconnected_);
    std::swap(trouble_, other.trouble_);
    return *this;
}

Socket::~Socket() {
    if (socket_ != nullptr) {
        ::zmq_close(socket_);
    }
    if (monitor_ != nullptr) {
        set(monitor_, ZMQ_LINGER, 0);
        ::zmq_close(monitor_);
    }
}

bool Socket::send(std::string_view message) {
    int sent = -1;
    do {
        sent = ::zmq_send(socket_, message.data(), message.size(), ZMQ_DONTWAIT);
    } while (sent < 0 && ::zmq_errno() == EINTR);
    return sent >= 0;
}

std::optional<std::vector<std::string>> Socket::receive(std::size_t most) {
    std::vector<std::string> frames;
    zmq_msg_t frame;
    ::zmq_msg_init(&frame);
    bool more = true;
    while (more) {
        if (::zmq_msg_recv(&frame, socket_, ZMQ_DONTWAIT) < 0) {
            if (::zmq_errno() == EINTR) {
                continue;
            }
            break;
        }
        more = ::zmq_msg_more(&frame) != 0;
        if (frames.size() < most) {
            frames.emplace_back(static_cast<const char*>(::zmq_msg_data(&frame)),
                                ::zmq_msg_size(&frame));
        } else if (frames.size() == most) {
            frames.emplace_back();
        }
    }
    ::zmq_msg_close(&frame);
    return frames.empty() ? std::nullopt : std::optional(std::move(frames));
}

bool Socket::was_disconnected() {
    while (monitor_ != nullptr && take_event()) {
    }
    return std::exchange(disconnected_, false);
}

// Two frames an event: its number and a value, and the endpoint.
bool Socket::take_event() {
    std::array<char, 6> event{};
    int got = -1;
    do {
        got = ::zmq_recv(monitor_, event.data(), event.size(), ZMQ_DONTWAIT);
    } while (got < 0 && ::zmq_errno() == EINTR);
    if (got < 0) {
        return false;
    }
    std::uint16_t number = 0;
    std::memcpy(&number, event.data(), sizeof number);
    std::array<char, 1> endpoint{};
    ::zmq_recv(monitor_, endpoint.data(), endpoint.size(), ZMQ_DONTWAIT);
    switch (number) {
        case ZMQ_EVENT_DISCONNECTED:
            disconnected_ = true;
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            trouble_ = {Trouble::Kind::turned_away,
                        "the broker does not know this client's key: its public key belongs into "
                        "security.authorized_keys"};
            break;
        default:
            trouble_ = {Trouble::Kind::handshake_failed,
                        curve_ ? "no secure connection: that is not the broker's public key, or it "
                                 "serves without CURVE"
                               : "no connection: the broker wants CURVE, and this client was given "
                                 "no key"};
    }
    return true;
}

// ---- Wakeup ----------------------------------------------------------------------------------

Wakeup::Wakeup() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Wakeup::~Wakeup() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

void Wakeup::signal() {
    const std::uint64_t one = 1;
    // It can fail only where the counter is full, so that the other side wakes anyway.
    [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

void Wakeup::clear() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof count);
}

Readiness wait_for(const Socket* socket, bool for_writing, Wakeup& wakeup, long timeout_ms) {
    std::array<zmq_pollitem_t, 3> items{};
    items[0] = {.socket = nullptr, .fd = wakeup.fd(), .events = ZMQ_POLLIN, .revents = 0};
    const auto wanted = static_cast<short>(for_writing ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN);
    int count = 1;
    if (socket != nullptr) {
        items[1] = {.socket = socket->get(), .fd = 0, .events = wanted, .revents = 0};
        ++count;
    }
    if (socket != nullptr && socket->monitor() != nullptr) {
        items[2] = {.socket = socket->monitor(), .fd = 0, .events = ZMQ_POLLIN, .revents = 0};
        ++count;
    }
    if (::zmq_poll(items.data(), count, timeout_ms) < 0) {
        return {};
    }
    if ((items[0].revents & ZMQ_POLLIN) != 0) {
        wakeup.clear();
    }
    return {.readable = (items[1].revents & ZMQ_POLLIN) != 0,
            .writable = (items[1].revents & ZMQ_POLLOUT) != 0,
            .monitor = (items[2].revents & ZMQ_POLLIN) != 0};
}

}  // namespace taskbbs::sdk
