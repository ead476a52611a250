// What a client sends: one frame, read as the broker reads it. Whatever was taken is said again and
// must be understood as the same.
#include "broker/journal/require.hpp"
#include "protocol/codec.hpp"
#include "protocol/in_order.hpp"
#include "protocol/plain_requests.hpp"
#include "tests/protocol/samples.hpp"

using namespace taskbbs::protocol;
using taskbbs::journal::require;

namespace {

template <class Message>
void check_round_trip(const Message& message) {
    const std::string said = samples::packed(message, Defaults::omit);
    Document document;
    const auto map = document.parse(said);
    require(map.has_value(), "what was encoded is well-formed");
    Message again;
    const auto fault = decode(*map, again);
    require(!fault, fault ? fault->message.c_str() : "");
    require(samples::packed(again, Defaults::omit) == said, "and means the same");
}

void read(const Request& request) {
    samples::each_args([&](auto args) {
        if (name_of(decltype(args)::verb) != request.verb) {
            return;
        }
        const bool texts = has_valid_texts(decltype(args)::verb, request.args);
        decltype(args) taken;
        if (!decode(request.args, taken) && texts) {
            check_round_trip(taken);
        }
    });
}

// What is taken as plain is the same message, with the same args.
void check_plain(std::string_view bytes) {
    RequestMessage plain;
    if (!parse_plain_requests(bytes, plain)) {
        return;
    }
    Document document;
    const auto message = parse_requests(document, bytes);
    require(message.has_value(), "what is plain is well-formed");
    require(message->session == plain.session && message->acked == plain.acked &&
                message->requests.size() == plain.requests.size(),
            "and the same message");
    for (std::size_t i = 0; i < plain.requests.size(); ++i) {
        const Request& one = plain.requests[i];
        const Request& two = message->requests[i];
        require(one.id == two.id && one.verb == two.verb, "of the same requests");
        samples::each_args([&](auto args) {
            using Args = decltype(args);
            if (name_of(Args::verb) != one.verb) {
                return;
            }
            Args decoded;
            Args read_again;
            require(has_valid_texts(Args::verb, two.args) && !decode(two.args, decoded),
                    "which decode() takes");
            require(decode_in_order(one.packed, read_again), "and which are read again");
            require(samples::packed(read_again, Defaults::keep) ==
                        samples::packed(decoded, Defaults::keep),
                    "as the same args");
        });
    }
}

// What is taken in order, decode() takes as the same.
template <class Answer>
void check_in_order(std::string_view body) {
    Answer in_order;
    if (!decode_in_order(body, in_order)) {
        return;
    }
    Document document;
    const auto map = document.parse(body);
    Answer decoded;
    require(map && !decode(*map, decoded), "what is read in order is an answer");
    require(samples::packed(in_order) == samples::packed(decoded), "and the same");
}

// As a client reads what a broker, perhaps of another version, says.
void read_answers(std::string_view bytes) {
    const auto replies = parse_replies(bytes);
    for (const Reply& reply : replies ? replies->replies : std::vector<Reply>()) {
        Document document;
        const Value body = document.parse(reply.body).value_or(Value());
        samples::each_answer([&](auto answer) {
            decltype(answer) taken;
            static_cast<void>(decode(body, taken));
        });
        check_in_order<HelloReply>(reply.body);
        check_in_order<SeqReply>(reply.body);
        check_in_order<OwnedReply>(reply.body);
        check_in_order<GetReply>(reply.body);
        check_in_order<RejectReply>(reply.body);
        check_in_order<ConvergeReply>(reply.body);
        check_in_order<HeartbeatReply>(reply.body);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_plain(bytes);
    Document document;
    if (const auto message = parse_requests(document, bytes)) {
        for (const Request& request : message->requests) {
            read(request);
        }
    }
    read_answers(bytes);
    return 0;
}
