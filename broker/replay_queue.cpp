// A queue for each client that waits, and a queue of these clients.
#include "broker/replay_queue.hpp"

#include <utility>

namespace taskbbs::broker {

bool ReplayQueue::add(const Peer& peer, HistoryQuestion question) {
    const auto found = waiting_.find(peer);
    const std::size_t of_peer = found == waiting_.end() ? 0 : found->second.size();
    const std::size_t names = question.query.groups.size();
    const bool too_many_names = names > few_names && names_ + names > most_names;
    if (size_ == most || of_peer == most_of_peer || too_many_names) {
        return false;
    }
    if (of_peer == 0) {
        turn_.push_back(peer);
    }
    waiting_[peer].push_back(std::move(question));
    ++size_;
    names_ += names;
    return true;
}

std::optional<HistoryQuestion> ReplayQueue::next() {
    if (turn_.empty() || under_way_ == most_under_way) {
        return std::nullopt;
    }
    Peer peer = std::move(turn_.front());
    turn_.pop_front();
    const auto of_peer = waiting_.find(peer);
    HistoryQuestion question = std::move(of_peer->second.front());
    of_peer->second.pop_front();
    if (of_peer->second.empty()) {
        waiting_.erase(of_peer);
    } else {
        turn_.push_back(std::move(peer));
    }
    --size_;
    names_ -= question.query.groups.size();
    ++under_way_;
    return question;
}

}  // namespace taskbbs::broker
