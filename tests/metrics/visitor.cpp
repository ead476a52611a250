// Blocking calls of a client's socket.
#include "tests/metrics/visitor.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::broker {

Visitor::Visitor(const std::string& endpoint)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    REQUIRE(fd_ >= 0);
    REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

Visitor::Visitor(Visitor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Visitor::~Visitor() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

bool Visitor::say(std::string_view words) const {
    return send(fd_, words.data(), words.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(words.size());
}

std::string Visitor::hear() const {
    std::string all;
    std::array<char, 4096> some{};
    for (ssize_t size = 1; size > 0;) {
        size = recv(fd_, some.data(), some.size(), 0);
        all.append(some.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    }
    return all;
}

bool Visitor::is_hung_up_on() const {
    char one = 0;
    const ssize_t size = recv(fd_, &one, 1, MSG_PEEK | MSG_DONTWAIT);
    return size == 0 || (size < 0 && errno != EAGAIN);
}

std::string get(const std::string& endpoint, std::string_view path) {
    const Visitor visitor(endpoint);
    visitor.say(fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n\r\n", path));
    return visitor.hear();
}

}  // namespace taskbbs::broker
