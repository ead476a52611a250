// SUB of ZMTP 3.0: the greeting, READY, and a message that begins with 1 as the subscription.
#include "bench/load/subscribers.hpp"

#include "bench/load/zmtp.hpp"

#include <array>
#include <poll.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <unistd.h>

namespace taskbbs::bench {

namespace {

constexpr int waits_ms = 10'000;

void greet(Stream& stream) {
    append_zmtp_opening(stream.output(), "SUB");
    stream.send();
    for (;;) {
        pollfd waiting{.fd = stream.fd(), .events = POLLIN, .revents = 0};
        if (poll(&waiting, 1, waits_ms) <= 0) {
            throw std::runtime_error("the broker does not greet a subscriber");
        }
        stream.receive();
        std::string_view in = stream.input();
        const bool greeted = take_zmtp_opening(in);
        stream.keep(in);
        if (greeted) {
            break;
        }
    }
    const std::size_t opened = open_frame(stream.output());
    stream.output() += '\x01';
    close_frame(stream.output(), opened);
    stream.send();
}

}  // namespace

Subscribers::Subscribers(const std::string& endpoint, int count, bool read) {
    streams_.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        greet(streams_.emplace_back(endpoint));
    }
    if (read && count > 0) {
        reader_ = std::thread([this] { listen(); });
    }
}

Subscribers::~Subscribers() {
    over_ = true;
    if (reader_.joinable()) {
        reader_.join();
    }
}

void Subscribers::listen() {
    constexpr int look_up_ms = 50;
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (Stream& stream : streams_) {
        epoll_event event{.events = EPOLLIN, .data = {.ptr = &stream}};
        epoll_ctl(epoll, EPOLL_CTL_ADD, stream.fd(), &event);
    }
    std::array<epoll_event, 64> events{};
    while (!over_) {
        const int ready =
            epoll_wait(epoll, events.data(), static_cast<int>(events.size()), look_up_ms);
        for (int i = 0; i < ready; ++i) {
            auto& stream = *static_cast<Stream*>(events[static_cast<std::size_t>(i)].data.ptr);
            try {
                stream.receive();
            } catch (const std::runtime_error&) {
                close(epoll);  // the broker is gone, and this with it
                return;
            }
            bytes_ += stream.input().size();
            stream.keep({});
        }
    }
    close(epoll);
}

}  // namespace taskbbs::bench
