// Reads and writes the outer form of messages.
#include "protocol/envelope.hpp"

#include "protocol/in_order.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::protocol {

namespace {

tl::unexpected<EnvelopeFault> malformed(std::string message) {
    return tl::unexpected(EnvelopeFault{Status::malformed, std::move(message)});
}

// How many bytes the head of an array takes, 0 where the bytes don't begin with one.
std::size_t array_head(std::string_view bytes) {
    const auto first = bytes.empty() ? 0U : static_cast<unsigned char>(bytes.front());
    if (first >= 0x91 && first <= 0x9f) {
        return 1;
    }
    return first == 0xdc ? 3 : first == 0xdd ? 5 : 0;
}

// True when the message is an array that begins with an int other than our version: such a message
// is of another contract, and whatever follows can't be judged by this one.
bool is_other_version(std::string_view bytes) {
    const std::size_t head = array_head(bytes);
    if (head == 0 || bytes.size() <= head) {
        return false;
    }
    const auto tag = static_cast<unsigned char>(bytes[head]);
    std::size_t width = 1;
    if (tag >= 0xcc && tag <= 0xd3) {
        width += std::size_t{1} << ((tag - 0xcc) % 4);
    } else if (tag >= 0x80 && tag < 0xe0) {
        return false;
    }
    Document number;
    const std::optional<Value> value = number.parse(bytes.substr(head, width));
    return value && value->integer() != version &&
           (value->type() == Type::integer || value->type() == Type::big);
}

// Exactly `count` items, or nothing.
template <std::size_t count>
std::optional<std::array<Value, count>> items_of(Value array) {
    if (array.type() != Type::array || array.size() != count) {
        return std::nullopt;
    }
    std::array<Value, count> items;
    std::copy(array.begin(), array.end(), items.begin());
    return items;
}

std::optional<std::string_view> bytes_of(Value value) {
    const std::optional<std::string_view> bin = value.bin();
    return bin ? bin : value.str();
}

}  // namespace

tl::expected<RequestMessage, EnvelopeFault> parse_requests(Document& document,
                                                           std::string_view bytes) {
    if (is_other_version(bytes)) {
        return tl::unexpected(EnvelopeFault{Status::unsupported_version,
                                            "this broker speaks version 1 of the protocol"});
    }
    const std::optional<Value> root = document.parse(bytes, max_nodes);
    if (!root) {
        return malformed(fmt::format("the message is malformed: {}", document.why()));
    }
    const auto outer = items_of<4>(*root);
    if (!outer) {
        return malformed("a message is [1, session, acked, requests]");
    }
    const auto& [number, session, acked, requests] = *outer;
    if (number.integer() != version) {
        return malformed("a message begins with the int 1");
    }
    RequestMessage message;
    const auto session_id = bytes_of(session);
    if (!session_id || session_id->size() != session_bytes) {
        return malformed("session must be a bin of 16 bytes");
    }
    std::copy(session_id->begin(), session_id->end(), message.session.bytes.begin());
    if (acked.integer().value_or(-1) < 0) {
        return malformed("acked must be an int of at least 0");
    }
    message.acked = *acked.integer();
    if (requests.type() != Type::array || requests.size() < 1 || requests.size() > max_requests) {
        return malformed("a message holds an array of 1..1024 requests");
    }
    message.requests.reserve(requests.size());
    for (const Value item : requests) {
        const auto parts = items_of<3>(item);
        const bool well_formed = parts && (*parts)[0].integer().value_or(0) >= 1 &&
                                 (*parts)[1].str() && (*parts)[2].type() == Type::map;
        if (!well_formed) {
            return malformed("a request is [id from 1, verb, map of args]");
        }
        const auto& [id, verb, args] = *parts;
        message.requests.push_back({*id.integer(), *verb.str(), args});
    }
    return message;
}

void pack_request_message(Packer& packer,
                          const SessionId& session,
                          RequestId acked,
                          std::uint32_t count,
                          std::string_view packed) {
    packer.array(4);
    packer.integer(version);
    packer.bin(session.view());
    packer.integer(acked);
    packer.array(count);
    packer.raw(packed);
}

// Four of one byte each: array, id, status, body.
constexpr std::size_t least_reply_bytes = 4;

std::optional<ReplyMessage> parse_replies(std::string_view bytes) {
    PackedWalk walk(bytes);
    std::uint32_t parts = 0;
    std::int64_t spoken = 0;
    ReplyMessage message;
    std::uint32_t count = 0;
    if (!walk.array(parts) || parts != 3 || !walk.integer(spoken) || spoken != version ||
        !walk.integer(message.seq) || !walk.array(count) ||
        count > bytes.size() / least_reply_bytes) {
        return std::nullopt;
    }
    message.replies.resize(count);
    const auto read = [&](Reply& reply) {
        return walk.array(parts) && parts == 3 && walk.integer(reply.id) &&
               walk.str(reply.status) && walk.any(reply.body);
    };
    const bool whole = std::ranges::all_of(message.replies, read) && walk.at_end();
    return whole ? std::optional(std::move(message)) : std::nullopt;
}

void ReplyWriter::open(Packer& packer, RequestId id, Status status) {
    if (bytes_.empty()) {
        packer.array(3);
        packer.integer(version);
        seq_at_ = packer.open_integer();
        count_at_ = packer.open_array();
    }
    ++count_;
    const std::string_view name = name_of(status);
    char* const at = packer.open_room(2 * head_room + number_room + name.size());
    packer.close_room(put_str(put_integer(put_array_head(at, 3), id), name));
}

void ReplyWriter::refuse(RequestId id, Status status, const Refusal& body) {
    Packer packer(bytes_);
    open(packer, id, status);
    encode(packer, body, Defaults::omit);
}

void ReplyWriter::add_packed(RequestId id, Status status, std::string_view body) {
    Packer packer(bytes_);
    open(packer, id, status);
    packer.raw(body);
}

std::string ReplyWriter::close(Seq seq) {
    Packer packer(bytes_);
    packer.patch_integer(seq_at_, seq);
    packer.patch_array(count_at_, count_);
    count_ = 0;
    return std::exchange(bytes_, {});
}

}  // namespace taskbbs::protocol
