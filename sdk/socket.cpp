// The one place of the SDK that calls zmq.
#include "sdk/socket.hpp"

#include <zmq.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::sdk {

namespace {

void set(void* socket, int option, int value) {
    ::zmq_setsockopt(socket, option, &value, sizeof value);
}

// No ZMQ_HEARTBEAT_*: it crashes slow peers by assertion; silence is judged by the session.
void* make_socket(ZmqContext& context, int type) {
    void* socket = ::zmq_socket(context.get(), type);
    if (socket != nullptr) {
        set(socket, ZMQ_LINGER, 0);
        set(socket, ZMQ_TCP_KEEPALIVE, 1);
        set(socket, ZMQ_TCP_KEEPALIVE_IDLE, 60);
        set(socket, ZMQ_RECONNECT_IVL, 100);
        set(socket, ZMQ_RECONNECT_IVL_MAX, 1000);
    }
    return socket;
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
                              const std::string& endpoint) {
    Socket made(context, make_socket(*context, ZMQ_DEALER));
    if (made.socket_ == nullptr) {
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
                                  const std::vector<std::string>& topics) {
    Socket made(context, make_socket(*context, ZMQ_SUB));
    if (made.socket_ == nullptr) {
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
    if (::zmq_socket_monitor(socket_, endpoint.c_str(), ZMQ_EVENT_DISCONNECTED) != 0) {
        return false;
    }
    monitor_ = ::zmq_socket(context_->get(), ZMQ_PAIR);
    return monitor_ != nullptr && ::zmq_connect(monitor_, endpoint.c_str()) == 0;
}

Socket::Socket(Socket&& other) noexcept
    : context_(std::move(other.context_)),
      socket_(std::exchange(other.socket_, nullptr)),
      monitor_(std::exchange(other.monitor_, nullptr)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(socket_, other.socket_);
    std::swap(monitor_, other.monitor_);
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
    bool told = false;
    std::array<char, 1> ignored{};
    while (monitor_ != nullptr) {
        // Two frames an event, and the only event that was asked for is this one.
        if (::zmq_recv(monitor_, ignored.data(), ignored.size(), ZMQ_DONTWAIT) >= 0) {
            told = true;
        } else if (::zmq_errno() != EINTR) {
            break;
        }
    }
    return told;
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
