// The outer form of messages (docs/protocol.md, section 2).
#include "samples.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::protocol;
using namespace std::string_literals;

namespace {

const std::string session = "\xc4\x10"s + std::string(16, 's');
const std::string request = "\x93\x01\xa5hello\x80"s;

// The status of the fault, or ok.
Status judged(const std::string& bytes) {
    Document document;
    const auto message = parse_requests(document, bytes);
    return message ? Status::ok : message.error().status;
}

std::string message_of(std::uint32_t count) {
    std::string bytes = "\x94\x01"s + session + "\x00"s;
    Packer packer(bytes);
    packer.array(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        bytes += request;
    }
    return bytes;
}

}  // namespace

TEST_CASE("a request message gives its session, acked and requests") {
    const std::string bytes = samples::request_message();
    Document document;
    const auto message = parse_requests(document, bytes);
    REQUIRE(message);
    CHECK(message->session == SessionId{});
    CHECK(message->acked == 0);
    REQUIRE(message->requests.size() == names<Verb>.size());
    for (std::size_t i = 0; i < names<Verb>.size(); ++i) {
        CHECK(message->requests[i].id == static_cast<RequestId>(i + 1));
        CHECK(message->requests[i].verb == names<Verb>[i]);
    }
}

TEST_CASE("a message holds 1 to 1024 requests") {
    CHECK(judged(message_of(0)) == Status::malformed);
    CHECK(judged(message_of(1)) == Status::ok);
    CHECK(judged(message_of(1024)) == Status::ok);
    CHECK(judged(message_of(1025)) == Status::malformed);
}

TEST_CASE("a message of another form is malformed") {
    const std::string head = "\x94\x01"s + session + "\x00\x91"s;
    CHECK(judged(head + request) == Status::ok);
    CHECK(judged("\x94\x01\xb0"s + std::string(16, 's') + "\x00\x91"s + request) == Status::ok);
    CHECK(judged("") == Status::malformed);
    CHECK(judged("\x80") == Status::malformed);
    CHECK(judged("\x90") == Status::malformed);
    CHECK(judged("\x95\x01"s + session + "\x00\x91"s + request + "\xc0"s) == Status::malformed);
    CHECK(judged("\x93\x01"s + session + "\x00"s) == Status::malformed);
    CHECK(judged("\x94\xa1"s + "1" + session + "\x00\x91"s + request) == Status::malformed);
    CHECK(judged("\x94\x01\xc4\x0f"s + std::string(15, 's') + "\x00\x91"s + request) ==
          Status::malformed);
    CHECK(judged("\x94\x01"s + session + "\xff\x91"s + request) == Status::malformed);
    CHECK(judged("\x94\x01"s + session + "\xc0\x91"s + request) == Status::malformed);
}

TEST_CASE("a request of another form makes its message malformed") {
    const std::string head = "\x94\x01"s + session + "\x00\x91"s;
    CHECK(judged(head + "\x93\x00\xa5hello\x80"s) == Status::malformed);
    CHECK(judged(head + "\x93\xff\xa5hello\x80"s) == Status::malformed);
    CHECK(judged(head + "\x92\x01\xa5hello"s) == Status::malformed);
    CHECK(judged(head + "\x94\x01\xa5hello\x80\xc0"s) == Status::malformed);
    CHECK(judged(head + "\x93\x01\xc4\x05hello\x80"s) == Status::malformed);
    CHECK(judged(head + "\x93\x01\xa5hello\x90"s) == Status::malformed);
    CHECK(judged(head + "\x93\x01\xa5hello\xc0"s) == Status::malformed);
    CHECK(judged(head + "\x93\x01\xa7no_verb\x80"s) == Status::ok);
}

TEST_CASE("an array that begins with another int is of another version, whatever follows") {
    CHECK(judged("\x91\x02"s) == Status::unsupported_version);
    CHECK(judged("\x94\x00\xc1\xc1"s) == Status::unsupported_version);
    CHECK(judged("\x92\xff\xa1"s) == Status::unsupported_version);
    CHECK(judged("\xdc\x00\x10\xcd\x01\x00"s) == Status::unsupported_version);
    CHECK(judged("\xdd\x00\x00\x00\x01\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s) ==
          Status::unsupported_version);
    CHECK(judged("\x94\xcc\x01"s + session + "\x00\x91"s + request) == Status::ok);
    CHECK(judged("\x91\x01"s) == Status::malformed);
}

TEST_CASE("a reply message gives its seq and replies") {
    ReplyWriter writer;
    writer.add(7, Status::ok, SeqReply{.seq = 5});
    writer.add_packed(8, Status::ok, "\x80");
    writer.refuse(9, Status::busy, Refusal{.message = "later", .limit = 3});
    const std::string bytes = writer.close(6);
    const auto message = parse_replies(bytes);
    REQUIRE(message);
    CHECK(message->seq == 6);
    REQUIRE(message->replies.size() == 3);
    CHECK(message->replies[0].id == 7);
    CHECK(message->replies[0].status == "ok");
    CHECK(message->replies[0].body == samples::packed(SeqReply{.seq = 5}));
    CHECK(message->replies[1].body == "\x80");
    CHECK(message->replies[2].status == "busy");
    Document document;
    CHECK(document.parse(message->replies[2].body)->at("limit").integer() == 3);
}

TEST_CASE("a writer that was closed begins anew") {
    ReplyWriter writer;
    writer.add(1, Status::ok, SeqReply{.seq = 1});
    const std::string first = writer.close(1);
    writer.add(1, Status::ok, SeqReply{.seq = 1});
    CHECK(writer.close(1) == first);
}

TEST_CASE("what is not a reply message is none") {
    for (const std::string& bytes : {""s,
                                     "\x80"s,
                                     "\x92\x01\x01"s,
                                     "\x93\x02\x01\x90"s,
                                     "\x93\x01\xc0\x90"s,
                                     "\x93\x01\x01\x80"s,
                                     "\x93\x01\x01\x91\x92\x01\xa2ok"s,
                                     "\x93\x01\x01\x91\x93\xc0\xa2ok\x80"s,
                                     "\x93\x01\x01\x91\x93\x01\x01\x80"s}) {
        CHECK_FALSE(parse_replies(bytes));
    }
    CHECK(parse_replies("\x93\x01\x01\x90"s));
}
