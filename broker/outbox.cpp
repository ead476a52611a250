// Joins replies by peer.
#include "broker/outbox.hpp"

namespace taskbbs::broker {

protocol::ReplyWriter* Outbox::writer_for(const Peer& peer) {
    const auto [entry, is_new] = index_.try_emplace(peer, peers_.size());
    if (is_new) {
        peers_.push_back({.peer = peer, .messages = {}});
        peers_.back().messages.emplace_back();
    }
    PeerReplies& replies = peers_[entry->second];
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
    const auto entry = index_.find(peer);
    if (entry == index_.end()) {
        return 0;
    }
    const PeerReplies& replies = peers_[entry->second];
    return replies.closed_bytes + replies.messages.back().size();
}

void Outbox::reply_packed(const Peer& peer, RequestId id, std::string_view body) {
    if (protocol::ReplyWriter* writer = writer_for(peer)) {
        writer->add_packed(id, protocol::Status::ok, body);
    }
}

void Outbox::refuse(const Peer& peer,
                    RequestId id,
                    protocol::Status status,
                    const protocol::Refusal& body) {
    if (protocol::ReplyWriter* writer = writer_for(peer)) {
        writer->refuse(id, status, body);
    }
}

std::string_view Outbox::topic(std::size_t i) const {
    const std::size_t from = i == 0 ? 0 : topic_ends_[i - 1];
    return std::string_view(topics_).substr(from, topic_ends_[i] - from);
}

void Outbox::close(Seq seq, std::vector<Message>& out) {
    for (PeerReplies& replies : peers_) {
        for (protocol::ReplyWriter& message : replies.messages) {
            out.push_back({replies.peer, message.close(seq)});
        }
    }
    peers_.clear();
    index_.clear();
}

}  // namespace taskbbs::broker
