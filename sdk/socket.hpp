// Thin owners of what the drivers need from the system: a zmq context, a socket of it, an eventfd.
// One thread uses a socket; a context is shared and thread-safe. Nothing here throws.
#pragma once

#include "sdk/transport.hpp"
#include "taskbbs/curve.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskbbs::sdk {

// Must outlive its sockets: they hold it.
class ZmqContext {
  public:
    ZmqContext();
    ~ZmqContext();
    ZmqContext(const ZmqContext&) = delete;
    ZmqContext& operator=(const ZmqContext&) = delete;
    ZmqContext(ZmqContext&&) = delete;
    ZmqContext& operator=(ZmqContext&&) = delete;

    void* get() const { return context_; }

    // An inproc endpoint that nobody else has.
    std::string unique_endpoint();

  private:
    void* context_;
    std::atomic<unsigned> endpoints_{0};
};

// A DEALER or SUB that was told to connect; the connection itself comes and goes in the background.
// A DEALER tells when it went.
class Socket final : public Link {
  public:
    static Result<Socket> dealer(const std::shared_ptr<ZmqContext>& context,
                                 const std::string& endpoint,
                                 const std::optional<CurveKeys>& curve);
    static Result<Socket> subscriber(const std::shared_ptr<ZmqContext>& context,
                                     const std::string& endpoint,
                                     const std::vector<std::string>& topics,
                                     const std::optional<CurveKeys>& curve);

    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&& other) noexcept;
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() override;

    bool send(std::string_view message) override;
    std::optional<std::vector<std::string>> receive(std::size_t most) override;
    bool was_disconnected() override;

    Trouble take_trouble() override { return std::exchange(trouble_, {}); }

    void* get() const { return socket_; }

    void* monitor() const { return monitor_; }  // null: it tells nothing

  private:
    Socket(std::shared_ptr<ZmqContext> context, void* socket);

    bool start_monitor();
    bool take_event();

    std::shared_ptr<ZmqContext> context_;
    void* socket_;
    void* monitor_ = nullptr;
    bool curve_ = false;
    bool disconnected_ = false;
    Trouble trouble_;
};

// Wakes a poll from any thread.
class Wakeup {
  public:
    Wakeup();
    ~Wakeup();
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;
    Wakeup(Wakeup&&) = delete;
    Wakeup& operator=(Wakeup&&) = delete;

    bool usable() const { return fd_ >= 0; }  // false: no file descriptor was left

    void signal();
    void clear();

    int fd() const { return fd_; }

  private:
    int fd_;
};

// Waits until the socket (may be none) is readable, or writable where that matters, its monitor has
// something to tell, the wake-up is signalled, or `timeout_ms` (-1: for ever) are over. Clears the
// wake-up.
Readiness wait_for(const Socket* socket, bool for_writing, Wakeup& wakeup, long timeout_ms);

}  // namespace taskbbs::sdk
