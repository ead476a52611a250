// Joins replies by peer.
#include "broker/outbox.hpp"

namespace taskbbs::broker {

namespace {

constexpr std::size_t most_recycled = 1 << 20;  // bytes of topics

}  // namespace

std::size_t Outbox::find(const Peer& peer) const {
    if (found_ != none && peers_[found_].peer == peer) {
        return found_;
    }
    const auto entry = index_.find(peer);
    return found_ = entry == index_.end() ? none : entry->second;
}

protocol::ReplyWriter* Outbox::writer_for(const Peer& peer) {
    if (find(peer) == none) {
        found_ = peers_.size();
        index_.emplace(peer, found_);
        peers_.push_back({.peer = peer, .messages = {}});
        peers_.back().messages.emplace_back();
    }
    PeerReplies& replies = peers_[found_];
    const std::size_t open_bytes = replies.messages.back().size();
    if (replies.closed_bytes + open_bytes > peer_bytes_) {
        ++dropped_;
        return nullptr;
    }
    if (open_bytes > reply_bytes_) {
        replies.closed_bytes += open_bytes;
        replies.messages.emplace_back();
    }
    return &replies.messages.back();
}

std::size_t Outbox::bytes_for(const Peer& peer) const {
    const std::size_t known = find(peer);
    if (known == none) {
        return 0;
    }
    const PeerReplies& replies = peers_[known];
    return replies.closed_bytes + replies.messages.back().size();
}

void Outbox::reply_packed(const Peer& peer, RequestId id, std::string_view body) {
    write(peer, [&](auto& writer) { writer.add_packed(id, protocol::Status::ok, body); });
}

void Outbox::refuse(const Peer& peer,
                    RequestId id,
                    protocol::Status status,
                    const protocol::Refusal& body) {
    write(peer, [&](auto& writer) { writer.refuse(id, status, body); });
}

std::string_view Outbox::topic(std::size_t i) const {
    const std::size_t from = i == 0 ? 0 : topic_ends_[i - 1];
    return std::string_view(topics_).substr(from, topic_ends_[i] - from);
}

void Outbox::recycle(Outbox&& landed) {
    if (topics_.empty() && landed.topics_.capacity() <= most_recycled) {
        topics_ = std::move(landed.topics_);
        topics_.clear();
        topic_ends_ = std::move(landed.topic_ends_);
        topic_ends_.clear();
    }
}

void Outbox::close(Seq seq, std::vector<Message>& out) {
    for (PeerReplies& replies : peers_) {
        for (protocol::ReplyWriter& message : replies.messages) {
            out.push_back({replies.peer, message.close(seq)});
        }
    }
    peers_.clear();
    bytes_ = 0;
    index_.clear();
    found_ = none;
}

}  // namespace taskbbs::broker
