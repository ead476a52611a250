// The outer form of messages (docs/protocol.md, section 2): requests in, replies out.
#pragma once

#include "protocol/codec.hpp"

#include <array>
#include <compare>
#include <cstring>
#include <tl/expected.hpp>
#include <vector>

namespace taskbbs::protocol {

// 16 random bytes that a client keeps over reconnects.
struct SessionId {
    std::array<char, session_bytes> bytes{};

    std::string_view view() const { return {bytes.data(), bytes.size()}; }

    auto operator<=>(const SessionId&) const = default;

    // The same, in two comparisons: it is asked several times a request.
    bool operator==(const SessionId& other) const {
        return are_same<session_bytes>(bytes.data(), other.bytes.data());
    }
};

using RequestId = std::int64_t;

struct Request {
    RequestId id = 0;
    std::string_view verb;    // any bytes: the broker knows which there are
    Value args;               // nil where `packed` holds them
    std::string_view packed;  // args that decode_in_order() takes (protocol/plain_requests)
};

struct RequestMessage {
    SessionId session;
    RequestId acked = 0;
    std::vector<Request> requests;
};

// Why a whole message is refused: `malformed` or `unsupported_version`.
struct EnvelopeFault {
    Status status = Status::malformed;
    std::string message;
};

// Broker side. The message points into `document` and `bytes`.
tl::expected<RequestMessage, EnvelopeFault> parse_requests(Document& document,
                                                           std::string_view bytes);

// Client side: one request, packed; several of them, concatenated, make up a message.
template <class Args>
void pack_request(Packer& packer, RequestId id, const Args& args) {
    packer.array(3);
    packer.integer(id);
    packer.str(name_of(Args::verb));
    encode(packer, args, Defaults::omit, desired);
}

// Appends a message of `count` (1..max_requests) packed requests.
void pack_request_message(Packer& packer,
                          const SessionId& session,
                          RequestId acked,
                          std::uint32_t count,
                          std::string_view packed);

struct Reply {
    RequestId id = 0;
    std::string_view status;
    std::string_view body;  // packed, and not read yet: one value
};

struct ReplyMessage {
    Seq seq = 0;
    std::vector<Reply> replies;
};

// Client side. Nothing where the bytes are not a reply message. It points into `bytes`.
std::optional<ReplyMessage> parse_replies(std::string_view bytes);

// Broker side: a reply message that grows reply by reply and is closed when it leaves, since only
// then its `seq` is known.
class ReplyWriter {
  public:
    // Appends one reply; `body` packs exactly one map.
    template <class Body>
    void add(RequestId id, Status status, const Body& body) {
        Packer packer(bytes_);
        open(packer, id, status);
        encode(packer, body, Defaults::keep, whole);
    }

    void refuse(RequestId id, Status status, const Refusal& body);
    // Appends one reply whose body is packed already.
    void add_packed(RequestId id, Status status, std::string_view body);

    std::size_t size() const { return bytes_.size(); }

    std::uint32_t count() const { return count_; }

    // The message as it leaves; the writer is empty again.
    std::string close(Seq seq);

  private:
    void open(Packer& packer, RequestId id, Status status);

    std::string bytes_;
    std::size_t seq_at_ = 0;
    std::size_t count_at_ = 0;
    std::uint32_t count_ = 0;
};

}  // namespace taskbbs::protocol
