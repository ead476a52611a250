// Round after round, a slice a call.
#include "broker/bouncer.hpp"

#include <algorithm>

namespace taskbbs::broker {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration between_rounds = 100ms;
// A tenth of a microsecond each.
constexpr int looked_at = 1024;
// Of subscriptions that one connection may send, and all: libzmq keeps each until its end, some 32
// bytes for each of theirs, and whenever somebody goes, it looks at all of them. A watch of a
// thousand domains sends 100 KiB.
constexpr std::uint64_t subscriptions_of_one = 256U << 10;
constexpr std::uint64_t subscriptions_of_all = 4U << 20;
// Whose are not worth to be told from the others'.
constexpr std::uint64_t few_subscriptions = 1024;
// That a connection may send besides, a second, to show that it is there.
constexpr std::uint64_t heartbeat_bytes = 16;

std::uint64_t subscriptions_in(const Received& received) {
    const auto heartbeats = heartbeat_bytes * static_cast<std::uint64_t>(received.age.count());
    return received.bytes - std::min(received.bytes, heartbeats);
}

// Of a connection that has said who it is and nothing else, at most.
constexpr std::uint64_t greeting_bytes = 128;
// How long such a one may hold a place that others want.
constexpr core::Duration greeted_only = 10s;
constexpr std::size_t most_idle = 64;

bool is_idle(const Received& received) {
    return received.bytes <= greeting_bytes && received.quiet >= greeted_only;
}

// Those of the next few behind `last` of whom `is_greedy(fd, received)` holds. `last` is where the
// next few begin: -1 where all were looked at.
template <class IsGreedy>
std::vector<int> look_at_next(const Bouncer::Descriptors& all,
                              int& last,
                              Bouncer::ReceivedBy received_by,
                              const IsGreedy& is_greedy) {
    std::vector<int> greedy;
    auto at = all.upper_bound(last);
    for (int looks = 0; at != all.end() && looks < looked_at; ++at, ++looks) {
        last = *at;
        if (is_greedy(*at, received_by(*at))) {
            greedy.push_back(*at);
        }
    }
    last = at == all.end() ? -1 : last;
    return greedy;
}

}  // namespace

Bouncer::Greedy Bouncer::look(std::uint64_t resident, core::Time heard_until, core::Time now) {
    hoarders_.note_memory(resident, now);
    if (!in_round_) {
        suspicious_ = hoarders_.are_watched(now);
        all_handled_ = heard_until > round_ended_;
        hoarders_.begin_round();
    }
    return {.subscribers = look_at_subscribers(), .requesters = look_at_requesters(now)};
}

// At the end of a round those who have most, until the others' are not too many.
std::vector<int> Bouncer::look_at_subscribers() {
    std::vector<int> greedy = look_at_next(
        subscribers_, last_subscriber_, received_by_, [this](int fd, const Received& received) {
            const std::uint64_t bytes = subscriptions_in(received);
            if (bytes > subscriptions_of_one) {
                return true;
            }
            subscriptions_ += bytes;
            if (bytes > few_subscriptions) {
                largest_.emplace(bytes, fd);
            }
            return false;
        });
    if (last_subscriber_ < 0) {
        for (; subscriptions_ > subscriptions_of_all && !largest_.empty(); largest_.pop()) {
            const auto [bytes, fd] = largest_.top();
            subscriptions_ -= bytes;
            // Unless it is another one's by now.
            if (received_by_(fd).bytes >= bytes) {
                greedy.push_back(fd);
            }
        }
        largest_ = {};
        subscriptions_ = 0;
    }
    return greedy;
}

std::vector<int> Bouncer::look_at_requesters(core::Time now) {
    std::vector<int> greedy;
    if (suspicious_) {
        greedy = look_at_next(
            requesters_, last_requester_, received_by_, [this](int fd, const Received& received) {
                return hoarders_.has(fd, received.bytes, all_handled_);
            });
    }
    in_round_ = last_requester_ >= 0;
    round_ended_ = now;
    return greedy;
}

int Bouncer::take_idle(core::Time now) {
    if (idle_.empty() && now - looked_for_idle_ >= between_rounds) {
        looked_for_idle_ = now;
        for (const int fd : requesters_) {
            if (idle_.size() < most_idle && is_idle(received_by_(fd))) {
                idle_.push_back(fd);
            }
        }
    }
    while (!idle_.empty()) {
        const int fd = idle_.back();
        idle_.pop_back();
        if (is_idle(received_by_(fd))) {
            return fd;
        }
    }
    return -1;
}

void Bouncer::forget(int requester) {
    hoarders_.note_message(requester);
    std::erase(idle_, requester);
}

core::Time Bouncer::due() const {
    return in_round_ ? round_ended_ : round_ended_ + between_rounds;
}

}  // namespace taskbbs::broker
