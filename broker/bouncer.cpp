// Round after round, a slice a call.
#include "broker/bouncer.hpp"

#include <algorithm>
#include <cstddef>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace taskbbs::broker {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration between_rounds = 100ms;
// A microsecond each.
constexpr int looked_at = 256;
// Of subscriptions that one connection may send: libzmq keeps each until its end, some 32 bytes for
// each of theirs. A watch of a thousand domains sends a tenth of it.
constexpr std::uint64_t subscriptions_bytes = 1U << 20;

// Over the life of a tcp connection; 0 of others.
std::uint64_t bytes_received(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    const bool told = getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
                      size >= offsetof(tcp_info, tcpi_bytes_received) + sizeof(std::uint64_t);
    return told ? info.tcpi_bytes_received : 0;
}

// Hangs up on those of the next few behind `last` of whom `is_greedy(fd, bytes)` holds, and returns
// how many. `last` is where the next few begin: -1 where all were looked at.
template <class IsGreedy>
std::size_t look_at_next(const Bouncer::Descriptors& all, int& last, const IsGreedy& is_greedy) {
    std::size_t dropped = 0;
    auto at = all.upper_bound(last);
    for (int looks = 0; at != all.end() && looks < looked_at; ++at, ++looks) {
        last = *at;
        if (is_greedy(*at, bytes_received(*at))) {
            shutdown(*at, SHUT_RDWR);
            ++dropped;
        }
    }
    last = at == all.end() ? -1 : last;
    return dropped;
}

}  // namespace

Bouncer::Dropped Bouncer::look(std::uint64_t resident, core::Time heard_until, core::Time now) {
    hoarders_.note_memory(resident, now);
    if (!in_round_) {
        suspicious_ = hoarders_.are_watched(now);
        all_handled_ = heard_until > round_ended_;
        hoarders_.begin_round();
    }
    return {.subscribers = look_at_subscribers(), .requesters = look_at_requesters(now)};
}

std::size_t Bouncer::look_at_subscribers() {
    return look_at_next(subscribers_, last_subscriber_, [](int, std::uint64_t bytes) {
        return bytes > subscriptions_bytes;
    });
}

std::size_t Bouncer::look_at_requesters(core::Time now) {
    std::size_t dropped = 0;
    if (suspicious_) {
        dropped = look_at_next(requesters_, last_requester_, [this](int fd, std::uint64_t bytes) {
            return hoarders_.has(fd, bytes, all_handled_);
        });
    }
    in_round_ = last_requester_ >= 0;
    round_ended_ = now;
    return dropped;
}

core::Time Bouncer::due() const {
    return in_round_ ? round_ended_ : round_ended_ + between_rounds;
}

}  // namespace taskbbs::broker
