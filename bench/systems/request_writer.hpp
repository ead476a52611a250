// Request messages of docs/protocol.md, section 2, without packing anything: each verb is packed
// once by the codec, and from then on only its guid, id and epoch are written over.
#pragma once

#include "bench/load/dialect.hpp"
#include "protocol/envelope.hpp"

#include <array>
#include <chrono>
#include <string>

namespace taskbbs::bench {

// The steps of a life, in their order.
inline constexpr int lifecycle_steps = 6;

// A packed request with holes.
struct Mold {
    std::string bytes;
    std::size_t id_at = 0;
    std::size_t guid_at = std::string::npos;
    std::size_t epoch_at = std::string::npos;
    std::size_t executor_at = std::string::npos;
};

// One session's.
class RequestWriter {
  public:
    // `executor_id` claims, and heartbeats with this ttl.
    RequestWriter(std::string executor_id,
                  std::size_t payload_bytes,
                  int per_message,
                  std::chrono::milliseconds ttl = std::chrono::seconds(15));

    // Adds the lane's next step to the message that is being made up at the end of `out`, and ends
    // the message where it holds per_message. Returns the request's id.
    protocol::RequestId add(const Lane& lane, std::string& out);
    protocol::RequestId add_heartbeat(std::string& out);
    // Of another executor, whose id is as long.
    protocol::RequestId add_heartbeat(std::string_view executor_id, std::string& out);
    // Ends the message, if one is being made up.
    void close(std::string& out);

    // All replies up to this id have come.
    void ack(protocol::RequestId id) { acked_ = id; }

    // The first four bytes of the open message's session become `number`, for the echo, which has
    // no need of sessions. Only between add() and close().
    void mark(std::string& out, std::uint32_t number) const;

  private:
    protocol::RequestId append(const Mold& mold, const Lane& lane, std::string& out);

    std::string executor_id_;
    std::array<Mold, lifecycle_steps> molds_;
    Mold heartbeat_;
    std::string head_;  // of a message: up to its first request
    std::uint16_t per_message_;
    std::size_t opened_ = 0;  // where the open message begins in `out`
    std::uint16_t count_ = 0;
    protocol::RequestId last_id_ = 0;
    protocol::RequestId acked_ = 0;
};

}  // namespace taskbbs::bench
