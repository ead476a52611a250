// getaddrinfo(3) and the calls of a listening socket.
#include "broker/metrics/listener.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

// Each is let in, or makes room for the next one, within microseconds.
constexpr int backlog = 1024;

[[noreturn]] void fail(const std::string& endpoint, std::string_view why, int error) {
    const std::string_view next_step =
        error == EADDRINUSE ? "another process has it: end that one, or choose another port"
        : error == EACCES   ? "this user may not: choose a port above 1023"
                            : "choose an address of this host";
    throw std::runtime_error(
        fmt::format("cannot bind metrics.endpoint = {}: {}; {}", endpoint, why, next_step));
}

struct FreeAddresses {
    void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

// HOST:PORT, with an IPv6 address in brackets, and * for all of IPv4.
Addresses look_up(const std::string& endpoint) {
    const std::size_t colon = endpoint.rfind(':');
    std::string host = endpoint.substr(0, colon);
    const std::string port = endpoint.substr(colon + 1);
    if (host.starts_with('[')) {
        host = host.substr(1, host.size() - 2);
    }
    const bool any = host == "*";
    addrinfo hints{};
    hints.ai_family = any ? AF_INET : AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(any ? nullptr : host.c_str(), port.c_str(), &hints, &found);
    if (error != 0) {
        fail(endpoint, gai_strerror(error), 0);
    }
    return Addresses(found);
}

int bound(const std::string& endpoint) {
    const Addresses addresses = look_up(endpoint);
    const int fd = socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        fail(endpoint, std::strerror(errno), errno);
    }
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, addresses->ai_addr, addresses->ai_addrlen) != 0 || listen(fd, backlog) != 0) {
        const int error = errno;
        close(fd);
        fail(endpoint, std::strerror(error), error);
    }
    return fd;
}

bool no_file_left(int error) {
    return error == EMFILE || error == ENFILE;
}

int open_spare() {
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace

Listener::Listener(const std::string& endpoint) : fd_(bound(endpoint)), spare_(open_spare()) {}

Listener::~Listener() {
    close(fd_);
    if (spare_ >= 0) {
        close(spare_);
    }
}

Listener::Accepted Listener::accept() {
    Accepted accepted;
    const auto try_it = [&] {
        accepted.peer_size = sizeof accepted.peer;
        // Not accept4(), which the daemon has for clients (broker/connections): figures are wanted
        // most where those have taken all files.
        accepted.fd = static_cast<int>(syscall(SYS_accept4,
                                               fd_,
                                               reinterpret_cast<sockaddr*>(&accepted.peer),
                                               &accepted.peer_size,
                                               SOCK_CLOEXEC | SOCK_NONBLOCK));
        return accepted.fd < 0 && no_file_left(errno);
    };
    if (spare_ < 0) {
        spare_ = open_spare();
    }
    stuck_ = try_it();
    if (stuck_ && spare_ >= 0) {
        close(spare_);
        spare_ = -1;
        stuck_ = try_it();
    }
    return accepted;
}

std::string Listener::endpoint() const {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    getnameinfo(reinterpret_cast<sockaddr*>(&address),
                size,
                host.data(),
                host.size(),
                port.data(),
                port.size(),
                NI_NUMERICHOST | NI_NUMERICSERV);
    return address.ss_family == AF_INET6 ? fmt::format("[{}]:{}", host.data(), port.data())
                                         : fmt::format("{}:{}", host.data(), port.data());
}

}  // namespace taskbbs::broker
