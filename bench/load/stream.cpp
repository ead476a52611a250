// connect, recv, send.
#include "bench/load/stream.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::bench {

namespace {

constexpr std::size_t chunk = std::size_t{256} << 10;
constexpr std::string_view tcp = "tcp://127.0.0.1:";
constexpr std::string_view ipc = "ipc://";

[[noreturn]] void fail(const std::string& endpoint) {
    throw std::runtime_error(fmt::format("{}: {}", endpoint, std::strerror(errno)));
}

int connect_tcp(const std::string& endpoint) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(tcp.size()))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail(endpoint);
    }
    return fd;
}

int connect_ipc(const std::string& endpoint) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, endpoint.c_str() + ipc.size(), sizeof address.sun_path - 1);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail(endpoint);
    }
    return fd;
}

}  // namespace

Stream::Stream(const std::string& endpoint)
    : fd_(endpoint.starts_with(tcp) ? connect_tcp(endpoint) : connect_ipc(endpoint)) {
    fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

Stream::~Stream() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

Stream::Stream(Stream&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      in_(std::move(other.in_)),
      taken_(other.taken_),
      filled_(other.filled_),
      out_(std::move(other.out_)),
      sent_(other.sent_) {}

bool Stream::receive() {
    if (taken_ > 0) {
        std::memmove(in_.data(), in_.data() + taken_, filled_ - taken_);
        filled_ -= std::exchange(taken_, 0);
    }
    constexpr std::size_t first = 4096;
    if (in_.size() < filled_ + first) {
        in_.resize(std::max(first, std::min(in_.size() * 2, in_.size() + chunk)));
    }
    const ssize_t got = recv(fd_, in_.data() + filled_, in_.size() - filled_, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        throw std::runtime_error("the server hung up");
    }
    if (got < 0) {
        return false;
    }
    filled_ += static_cast<std::size_t>(got);
    // Was it all of the room that there was, the next one gets more.
    if (filled_ == in_.size() && in_.size() < chunk) {
        in_.resize(in_.size() * 2);
    }
    return true;
}

bool Stream::send() {
    while (sent_ < out_.size()) {
        const ssize_t went = ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
        if (went < 0) {
            if (errno == EAGAIN || errno == EINTR) {
                return false;
            }
            throw std::runtime_error("the server hung up");
        }
        sent_ += static_cast<std::size_t>(went);
    }
    out_.clear();
    sent_ = 0;
    return true;
}

}  // namespace taskbbs::bench
