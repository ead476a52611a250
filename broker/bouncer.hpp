// Finds those who make libzmq keep more than anybody needs: too many subscriptions, or a message
// that does not end. A few connections each time, so that a round over thousands of them never
// holds the loop. And those who hold a place and never said anything, where others want one.
#pragma once

#include "broker/hoarders.hpp"
#include "broker/received.hpp"

#include <absl/container/btree_set.h>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <utility>
#include <vector>

namespace taskbbs::broker {

class Bouncer {
  public:
    using Descriptors = absl::btree_set<int>;
    using ReceivedBy = Received (*)(int descriptor);

    // Connections to hang up on.
    struct Greedy {
        std::vector<int> subscribers;
        std::vector<int> requesters;
    };

    // Connections of either socket, which outlive this. `message_bytes`: the longest request.
    Bouncer(const Descriptors& requesters,
            const Descriptors& subscribers,
            ReceivedBy received_by,
            std::uint64_t message_bytes)
        : requesters_(requesters),
          subscribers_(subscribers),
          received_by_(received_by),
          hoarders_(message_bytes + unfinished_bytes) {}

    // Looks at the next few. `resident`: memory of this process; `heard_until`: whatever messages
    // had arrived by then were received.
    Greedy look(std::uint64_t resident, core::Time heard_until, core::Time now);

    // When look() wants to be called. Where a loop sleeps for longer, look after is_suspicious().
    core::Time due() const;

    // Memory grew of late.
    bool is_suspicious() const { return suspicious_; }

    // A requester that only greeted, if that, ten seconds ago: once for each, until it is
    // forgotten. Who said more stays, however long it is silent: the newcomer may be a stranger.
    // -1: there is none, or it was looked for just now.
    int take_idle(core::Time now);

    // This descriptor is another connection's, or none's.
    void forget(int requester);

    // A whole message of this connection was received.
    void note_message(int requester) {
        if (suspicious_) {
            hoarders_.note_message(requester);
        }
    }

  private:
    // Of a request message, besides its limit, before its sender is suspected of never ending it.
    static constexpr std::uint64_t unfinished_bytes = 1U << 20;

    std::vector<int> look_at_subscribers();
    std::vector<int> look_at_requesters(core::Time now);

    const Descriptors& requesters_;
    const Descriptors& subscribers_;
    ReceivedBy received_by_;
    Hoarders hoarders_;
    int last_subscriber_ = -1;
    // In this round: bytes of all, and whose they are, unless they are few.
    std::uint64_t subscriptions_ = 0;
    std::priority_queue<std::pair<std::uint64_t, int>> largest_;
    int last_requester_ = -1;
    bool suspicious_ = false;
    bool in_round_ = false;
    bool all_handled_ = false;  // whatever had arrived by the end of the last round
    core::Time round_ended_{};
    std::vector<int> idle_;  // found, and not taken yet
    core::Time looked_for_idle_{};
};

}  // namespace taskbbs::broker
