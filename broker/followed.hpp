// Peers of whose end the broker wants to know: a routing id does not tell that its connection is
// gone, but a descriptor does. Not thread-safe.
#pragma once

#include "broker/outbox.hpp"

#include <absl/container/flat_hash_map.h>
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace taskbbs::broker {

class Followed {
  public:
    // A message of this peer came by this descriptor. `is_open`: that is a connection now; were it
    // another one's by then, the peer would be taken to be there as long as that.
    void add(int descriptor, const Peer& peer, bool is_open) {
        if (!is_open) {
            gone_.push_back(peer);
            return;
        }
        // Under the name of one that went before.
        std::erase(gone_, peer);
        std::vector<Peer>& peers = by_descriptor_[descriptor];
        if (std::ranges::find(peers, peer) == peers.end()) {
            peers.push_back(peer);
        }
    }

    // The connection of this descriptor is gone.
    void note_gone(int descriptor) {
        if (const auto found = by_descriptor_.find(descriptor); found != by_descriptor_.end()) {
            std::ranges::move(found->second, std::back_inserter(gone_));
            by_descriptor_.erase(found);
        }
    }

    std::vector<Peer> take_gone() { return std::exchange(gone_, {}); }

  private:
    absl::flat_hash_map<int, std::vector<Peer>> by_descriptor_;
    std::vector<Peer> gone_;
};

}  // namespace taskbbs::broker
