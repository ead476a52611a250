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

// Those of the next few behind `last` of whom `is_greedy(fd, bytes)` holds. `last` is where the
// next few begin: -1 where all were looked at.
template <class IsGreedy>
std::vector<int> look_at_next(const Bouncer::Descriptors& all,
                              int& last,
                              const IsGreedy& is_greedy) {
    std::vector<int> greedy;
    auto at = all.upper_bound(last);
    for (int looks = 0; at != all.end() && looks < looked_at; ++at, ++looks) {
        last = *at;
        if (is_greedy(*at, bytes_received(*at))) {
            greedy.push_back(*at);
        }
    }
    last = at == all.end() ? -1 : last;
    return greedy;
}

bool has_too_many_subscriptions(int /*subscriber*/, std::uint64_t bytes) {
    return bytes > subscriptions_bytes;
}

}  // namespace

Bouncer::Greedy Bouncer::look(std::uint64_t resident, core::Time heard_until, core::Time now) {
    hoarders_.note_memory(resident, now);
    if (!in_round_) {
        suspicious_ = hoarders_.are_watched(now);
        all_handled_ = heard_until > round_ended_;
        hoarders_.begin_round();
    }
    return {.subscribers = look_at_next(subscribers_, last_subscriber_, has_too_many_subscriptions),
            .requesters = look_at_requesters(now)};
}

std::vector<int> Bouncer::look_at_requesters(core::Time now) {
    std::vector<int> greedy;
    if (suspicious_) {
        greedy = look_at_next(requesters_, last_requester_, [this](int fd, std::uint64_t bytes) {
            return hoarders_.has(fd, bytes, all_handled_);
        });
    }
    in_round_ = last_requester_ >= 0;
    round_ended_ = now;
    return greedy;
}

core::Time Bouncer::due() const {
    return in_round_ ? round_ended_ : round_ended_ + between_rounds;
}

}  // namespace taskbbs::broker
