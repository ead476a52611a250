// Replays that wait for the thread that reads the history: the clients are served in turn, a page
// each, so that one that asks for much waits for itself.
#pragma once

#include "broker/journal/history.hpp"
#include "broker/outbox.hpp"

#include <absl/container/flat_hash_map.h>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace taskbbs::broker {

// For the thread that reads history; its page comes back with the token.
struct HistoryQuestion {
    std::uint64_t token = 0;
    journal::Query query;
};

class ReplayQueue {
  public:
    static constexpr std::size_t most_of_peer = 256;
    static constexpr std::size_t most = 16'384;
    // Domains that they list, all together, besides few of each.
    static constexpr std::size_t most_names = 262'144;
    static constexpr std::size_t few_names = 16;
    // With the thread at once; each may take some milliseconds.
    static constexpr std::size_t most_under_way = 4;

    // False: too many wait.
    bool add(const Peer& peer, HistoryQuestion question);

    // The next one to ask, where one more may be under way.
    std::optional<HistoryQuestion> next();

    // The tokens of those of this peer, which wait no more.
    std::vector<std::uint64_t> take_of(const Peer& peer);

    // One that next() gave was answered.
    void ended() { --under_way_; }

  private:
    void left(const HistoryQuestion& question);

    // Who waits, or did when it had its turn last; and all of these, the next one first.
    absl::flat_hash_map<Peer, std::deque<HistoryQuestion>> waiting_;
    std::deque<Peer> turn_;
    std::size_t size_ = 0;
    std::size_t names_ = 0;  // of those that wait
    std::size_t under_way_ = 0;
};

}  // namespace taskbbs::broker
