// Which connection brought which of the executors that are present, so that a single one can't take
// all places.
#pragma once

#include "broker/outbox.hpp"

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>
#include <cstddef>

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
    // By hash, which is seeded: were two the same, they would only share.
    absl::flat_hash_map<core::Slot, std::size_t> by_;
    absl::flat_hash_map<std::size_t, std::size_t> counts_;
};

}  // namespace taskbbs::broker
