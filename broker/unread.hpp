// Replies that have not left yet, counted by who is to get them. libzmq takes them off on a thread
// of its own; the rest is the loop's.
#pragma once

#include "broker/outbox.hpp"

#include <zmq.h>

#include <absl/container/flat_hash_map.h>
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace taskbbs::broker {

// What of the replies to each peer has not left. libzmq frees a message when the network has taken
// it, or its peer is gone, on a thread of its own.
class Unread {
  public:
    using Count = std::atomic<std::size_t>;

    // The peer's; it may be dropped by the next call while nothing is counted.
    const std::shared_ptr<Count>& count_of(const Peer& peer) {
        if (counts_.size() >= kept_) {
            absl::erase_if(counts_, [](const auto& entry) { return *entry.second == 0; });
            kept_ = std::max(least_peers_kept, 2 * counts_.size());
        }
        std::shared_ptr<Count>& count = counts_[peer];
        if (!count) {
            count = std::make_shared<Count>(0);
        }
        return count;
    }

    // The message, with its bytes counted until libzmq frees it: before this is destroyed.
    void fill(zmq_msg_t& message, std::string bytes, const std::shared_ptr<Count>& count) {
        const std::size_t counted = bytes.size() + message_overhead;
        *count += counted;
        sent_ += counted;
        auto sent = std::make_unique<Sent>(Sent{std::move(bytes), count, taken_});
        void* const data = sent->bytes.data();
        const std::size_t size = sent->bytes.size();
        zmq_msg_init_data(&message, data, size, &Unread::free, sent.release());
    }

    // Of all peers.
    std::size_t bytes() const { return sent_ - taken_.load(std::memory_order_relaxed); }

    std::size_t bytes(const Peer& peer) const {
        const auto found = counts_.find(peer);
        return found == counts_.end() ? 0 : found->second->load();
    }

  private:
    // Of a message to a peer, besides its bytes.
    static constexpr std::size_t message_overhead = 256;
    // Peers whose counters are kept before those of which nothing is waiting are dropped.
    static constexpr std::size_t least_peers_kept = 1024;

    struct Sent {
        std::string bytes;
        std::shared_ptr<Count> count;
        Count& taken;
    };

    static void free(void* /*data*/, void* hint) {
        const std::unique_ptr<Sent> sent(static_cast<Sent*>(hint));
        const std::size_t counted = sent->bytes.size() + message_overhead;
        *sent->count -= counted;
        sent->taken.fetch_add(counted, std::memory_order_relaxed);
    }

    absl::flat_hash_map<Peer, std::shared_ptr<Count>> counts_;
    std::size_t kept_ = least_peers_kept;
    std::size_t sent_ = 0;  // bytes since the start, wrapping
    Count taken_ = 0;       // of them, those that have left
};

}  // namespace taskbbs::broker
