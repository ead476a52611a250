// What each connection brought of what all share a number of: the executors that are present,
// sessions, and outcomes. So that a single one can't take all places. Connections are told apart by
// a hash, which is seeded: were two the same, they would only share.
#pragma once

#include "broker/outbox.hpp"

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>
#include <cstddef>
#include <cstdint>

namespace taskbbs::broker {

class JoinedBy {
  public:
    void joined(core::Slot executor, const Peer& peer) {
        const std::size_t by = absl::HashOf(peer);
        left(executor);
        by_[executor] = by;
        ++counts_[by];
    }

    void left(core::Slot executor) {
        const auto found = by_.find(executor);
        if (found == by_.end()) {
            return;
        }
        const auto count = counts_.find(found->second);
        if (--count->second == 0) {
            counts_.erase(count);
        }
        by_.erase(found);
    }

    // Those that came by this connection. Of whom joined before this run nobody knows.
    std::size_t by(const Peer& peer) const {
        const auto found = counts_.find(absl::HashOf(peer));
        return found == counts_.end() ? 0 : found->second;
    }

  private:
    absl::flat_hash_map<core::Slot, std::size_t> by_;
    absl::flat_hash_map<std::size_t, std::size_t> counts_;
};

// Over the life of a connection: nobody hears of its end here, so when very many were counted, all
// of them begin anew.
class Begun {
  public:
    void note(const Peer& peer) {
        if (counts_.size() == most_counted) {
            counts_.clear();
        }
        ++counts_[absl::HashOf(peer)];
    }

    std::size_t by(const Peer& peer) const {
        const auto found = counts_.find(absl::HashOf(peer));
        return found == counts_.end() ? 0 : found->second;
    }

  private:
    static constexpr std::size_t most_counted = 65'536;

    absl::flat_hash_map<std::size_t, std::size_t> counts_;
};

// Outcomes that each connection's requests left remembered, less those that they acked. Of what was
// left before anybody counted nobody knows: who acks more of that than it leaves has left none.
class Remembered {
  public:
    void changed(const Peer& peer, std::int64_t by) {
        const auto count = counts_.try_emplace(absl::HashOf(peer), 0).first;
        count->second += by;
        if (count->second <= 0) {
            counts_.erase(count);
        }
    }

    std::uint64_t by(const Peer& peer) const {
        const auto found = counts_.find(absl::HashOf(peer));
        return found == counts_.end() ? 0 : static_cast<std::uint64_t>(found->second);
    }

    void forget() { counts_.clear(); }

  private:
    // Not more connections than there are outcomes that are counted.
    absl::flat_hash_map<std::size_t, std::int64_t> counts_;
};

}  // namespace taskbbs::broker
