// The socket that metrics.endpoint names. Goes on where the process has no file left to open: one
// is held in reserve, so that there is always one for a scrape. Not thread-safe.
#pragma once

#include <string>
#include <sys/socket.h>

namespace taskbbs::broker {

class Listener {
  public:
    // `endpoint` is one that listen_fault() of broker/endpoint.hpp has nothing against. Throws
    // std::runtime_error with one line that names it, why, and what to do.
    explicit Listener(const std::string& endpoint);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    struct Accepted {
        int fd = -1;  // none; the caller's to close
        sockaddr_storage peer{};
        socklen_t peer_size = 0;
    };

    // The next one who knocks. Never blocks.
    Accepted accept();

    // Nobody can be let in, since no file can be opened: it is of no use to wait for fd() just now.
    bool is_stuck() const { return stuck_; }

    int fd() const { return fd_; }

    // As bound: a port of 0 is a number here.
    std::string endpoint() const;

  private:
    int fd_;
    int spare_ = -1;
    bool stuck_ = false;
};

}  // namespace taskbbs::broker
