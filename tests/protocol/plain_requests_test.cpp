// Request messages as they mostly are, and what is left to parse_requests().
#include "protocol/plain_requests.hpp"

#include "protocol/in_order.hpp"
#include "samples.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::protocol {
namespace {

using namespace std::string_literals;

bool is_plain(std::string_view bytes) {
    RequestMessage message;
    return parse_plain_requests(bytes, message);
}

std::string message_of(std::string_view request) {
    return "\x94\x01\xc4\x10"s + std::string(16, 's') + "\x05\x91"s + std::string(request);
}

TEST_CASE("requests of every verb are plain as they are packed") {
    const std::string bytes = samples::request_message();
    RequestMessage message;
    REQUIRE(parse_plain_requests(bytes, message));
    REQUIRE(message.requests.size() == names<Verb>.size());
    std::size_t i = 0;
    samples::each_args([&](const auto& args) {
        const Request& request = message.requests[i++];
        CHECK(request.id == static_cast<RequestId>(i));
        CHECK(request.verb == name_of(args.verb));
        std::remove_cvref_t<decltype(args)> read;
        REQUIRE(decode_in_order(request.packed, read));
        CHECK(samples::packed(read, Defaults::omit, desired) ==
              samples::packed(args, Defaults::omit, desired));
    });
}

TEST_CASE("a plain message says whose it is and what was acked") {
    const std::string bytes = message_of("\x93\x07\xa5hello\x80");
    RequestMessage message;
    REQUIRE(parse_plain_requests(bytes, message));
    CHECK(message.session.view() == std::string(16, 's'));
    CHECK(message.acked == 5);
    REQUIRE(message.requests.size() == 1);
    CHECK(message.requests[0].id == 7);
}

TEST_CASE("a message that ends early, or goes on behind its end, is not plain") {
    const std::string bytes = samples::request_message();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(is_plain(std::string_view(bytes).substr(0, size)));
    }
    CHECK_FALSE(is_plain(bytes + '\xc0'));
}

TEST_CASE("an unknown verb, an unknown field, a missing one and nil are left to parse_requests()") {
    CHECK(is_plain(message_of("\x93\x01\xa3get\x81\xa4guid\xa1g")));
    CHECK_FALSE(is_plain(message_of("\x93\x01\xa3got\x81\xa4guid\xa1g")));
    CHECK_FALSE(
        is_plain(message_of("\x93\x01\xa3get\x81\xa4"
                            "what\xa1g")));
    CHECK_FALSE(is_plain(message_of("\x93\x01\xa3get\x80")));
    CHECK_FALSE(is_plain(message_of("\x93\x01\xa3get\x81\xa4guid\xc0")));
    CHECK_FALSE(is_plain(message_of("\x93\x00\xa3get\x81\xa4guid\xa1g")));
    CHECK_FALSE(is_plain(message_of("\x93\x01\xa3get\x81\xa4guid\xa2g ")));
}

TEST_CASE("what a requester can't set is left to parse_requests(), which ignores it") {
    CHECK(
        is_plain(message_of("\x93\x01\xa6"
                            "desire\x81\xa4task\x81\xa4guid\xa1g")));
    CHECK_FALSE(
        is_plain(message_of("\x93\x01\xa6"
                            "desire\x81\xa4task\x82\xa4guid\xa1g\xa5"
                            "epoch\x01")));
}

}  // namespace
}  // namespace taskbbs::protocol
