// What is encoded is decoded as the same, whatever it says, with defaults written or left out.
#include "protocol/codec.hpp"
#include "tests/properties/message_generator.hpp"
#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck/catch.h>

using namespace taskbbs::protocol;
using taskbbs::properties::MessageSource;

namespace {

template <class Message>
void check_round_trip() {
    MessageSource source;
    const Message message = source.any<Message>();
    const std::string whole_form = samples::packed(message);
    for (const Defaults defaults : {Defaults::keep, Defaults::omit}) {
        const std::string bytes = samples::packed(message, defaults);
        Document document;
        const auto map = document.parse(bytes);
        RC_ASSERT(map.has_value());
        Message again;
        const auto fault = decode(*map, again);
        RC_LOG() << (fault ? fault->message : "") << '\n';
        RC_ASSERT(!fault);
        RC_ASSERT(samples::packed(again) == whole_form);
    }
}

template <class Args>
void check_request() {
    MessageSource source;
    const auto args = source.any<Args>();
    const auto id = *rc::gen::inRange<RequestId>(1, max_integer);
    std::string request;
    Packer packer(request);
    pack_request(packer, id, args);
    std::string bytes;
    Packer outer(bytes);
    pack_request_message(outer, SessionId{}, 0, 1, request);
    Document document;
    const auto message = parse_requests(document, bytes);
    RC_ASSERT(message.has_value());
    RC_ASSERT(message->requests.size() == 1U);
    RC_ASSERT(message->requests[0].id == id);
    RC_ASSERT(message->requests[0].verb == name_of(Args::verb));
    RC_ASSERT(has_valid_texts(Args::verb, message->requests[0].args));
    Args again;
    RC_ASSERT(!decode(message->requests[0].args, again, desired));
    RC_ASSERT(samples::packed(again, Defaults::keep, desired) ==
              samples::packed(args, Defaults::keep, desired));
}

}  // namespace

TEST_CASE("properties of messages") {
    samples::each_args([](const auto& sample) {
        using Args = std::decay_t<decltype(sample)>;
        rc::prop("a request arrives as it was packed: " + std::string(name_of(Args::verb)),
                 [] { check_request<Args>(); });
    });
    int number = 0;
    samples::each_answer([&](const auto& sample) {
        using Answer = std::decay_t<decltype(sample)>;
        rc::prop("an answer is decoded as it was encoded: " + std::to_string(++number),
                 [] { check_round_trip<Answer>(); });
    });
}
