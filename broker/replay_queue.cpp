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
    if (found == waiting_.end()) {
        turn_.push_back(peer);
    }
    waiting_[peer].push_back(std::move(question));
    ++size_;
    names_ += names;
    return true;
}

std::optional<HistoryQuestion> ReplayQueue::next() {
    while (!turn_.empty() && under_way_ < most_under_way) {
        Peer peer = std::move(turn_.front());
        turn_.pop_front();
        const auto of_peer = waiting_.find(peer);
        if (of_peer->second.empty()) {
            waiting_.erase(of_peer);
            continue;
        }
        HistoryQuestion question = std::move(of_peer->second.front());
        of_peer->second.pop_front();
        turn_.push_back(std::move(peer));
        left(question);
        ++under_way_;
        return question;
    }
    return std::nullopt;
}

std::vector<std::uint64_t> ReplayQueue::take_of(const Peer& peer) {
    std::vector<std::uint64_t> tokens;
    const auto found = waiting_.find(peer);
    if (found == waiting_.end()) {
        return tokens;
    }
    for (const HistoryQuestion& question : found->second) {
        tokens.push_back(question.token);
        left(question);
    }
    found->second.clear();
    return tokens;
}

void ReplayQueue::left(const HistoryQuestion& question) {
    --size_;
    names_ -= question.query.groups.size();
}

}  // namespace taskbbs::broker
