// What waits to leave until the batch that it reveals is durable: replies, joined by peer, and the
// topics of events. One generation gathers while the one before it is being synced.
#pragma once

#include "broker/core/event.hpp"
#include "broker/core/grant.hpp"
#include "protocol/envelope.hpp"
#include "protocol/messages.hpp"

#include <absl/container/flat_hash_map.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

using core::RequestId;
using core::Seq;
using core::SessionId;

// A ROUTER's routing id: opaque, never kept longer than the connection it names may last.
using Peer = std::string;

// Who asked, and where the reply goes.
struct Caller {
    Peer peer;
    SessionId session;
    RequestId id = 0;
    std::optional<protocol::Verb> verb = {};  // nothing: one that the broker does not know
    core::GrantPtr grant;                     // what it may do
};

struct Message {
    Peer peer;
    std::string bytes;
};

struct Publication {
    std::string_view topic;
    std::string_view body;
};

// One generation.
class Outbox {
  public:
    // A reply message is closed once it has passed `reply_bytes`; a peer's replies beyond
    // `peer_bytes` are dropped (its client asks again).
    Outbox(std::size_t reply_bytes, std::size_t peer_bytes)
        : reply_bytes_(reply_bytes), peer_bytes_(peer_bytes) {}

    template <class Body>
    void reply(const Peer& peer, RequestId id, const Body& body) {
        write(peer, [&](auto& writer) { writer.add(id, protocol::Status::ok, body); });
    }

    void reply_packed(const Peer& peer, RequestId id, std::string_view body);
    void refuse(const Peer& peer,
                RequestId id,
                protocol::Status status,
                const protocol::Refusal& body);

    // Topics of the batch's events, in their order.
    std::string& topics() { return topics_; }

    void end_topic() { topic_ends_.push_back(topics_.size()); }

    std::size_t topic_count() const { return topic_ends_.size(); }

    std::string_view topic(std::size_t i) const;

    std::uint64_t dropped() const { return dropped_; }

    // Of the replies to this peer, and to all.
    std::size_t bytes_for(const Peer& peer) const;

    std::size_t bytes() const { return bytes_; }

    // Takes over the memory of one that has left, for topics to come.
    void recycle(Outbox&& landed);

    // Appends the reply messages as they leave, with `seq` as the newest durable event.
    void close(Seq seq, std::vector<Message>& out);

  private:
    struct PeerReplies {
        Peer peer;
        std::vector<protocol::ReplyWriter> messages;
        std::size_t closed_bytes = 0;
    };

    static constexpr std::size_t none = SIZE_MAX;

    template <class Write>
    void write(const Peer& peer, const Write& write) {
        if (protocol::ReplyWriter* writer = writer_for(peer)) {
            const std::size_t before = writer->size();
            write(*writer);
            bytes_ += writer->size() - before;
        }
    }

    protocol::ReplyWriter* writer_for(const Peer& peer);
    std::size_t find(const Peer& peer) const;

    std::size_t reply_bytes_;
    std::size_t peer_bytes_;
    std::vector<PeerReplies> peers_;
    std::size_t bytes_ = 0;
    mutable std::size_t found_ = none;  // what find() found last: requests come many from one peer
    absl::flat_hash_map<Peer, std::size_t> index_;
    std::string topics_;
    std::vector<std::size_t> topic_ends_;
    std::uint64_t dropped_ = 0;
};

}  // namespace taskbbs::broker
