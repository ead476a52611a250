// Bytes that somebody made to hurt: cut, lying, mutated. Whatever they are, they are judged, and
// nothing outside them is read (the sanitizers watch).
#include "samples.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace taskbbs::protocol;

namespace {

// Reads as the broker would: the envelope, then the arguments of each verb.
bool digest(const std::string& given) {
    const std::string bytes(given.begin(), given.end());  // of exactly this capacity
    Document document;
    const auto message = parse_requests(document, bytes);
    if (!message) {
        return false;
    }
    for (const Request& request : message->requests) {
        samples::each_args([&](auto args) {
            if (name_of(decltype(args)::verb) == request.verb) {
                static_cast<void>(has_valid_texts(decltype(args)::verb, request.args));
                static_cast<void>(decode(request.args, args));
            }
        });
    }
    return true;
}

// Reads as a client would.
void digest_answer(const std::string& bytes) {
    if (const auto replies = parse_replies(bytes)) {
        for (const Reply& reply : replies->replies) {
            Document document;
            const Value body = document.parse(reply.body).value_or(Value());
            samples::each_answer([&](auto answer) { static_cast<void>(decode(body, answer)); });
        }
    }
}

std::string answer_message() {
    ReplyWriter writer;
    RequestId id = 0;
    samples::each_answer(
        [&](const auto& answer) { writer.add_packed(++id, Status::ok, samples::packed(answer)); });
    return writer.close(1);
}

std::string mutated(std::string bytes, std::mt19937& random) {
    for (unsigned i = 0; i <= random() % 3; ++i) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    return bytes;
}

}  // namespace

TEST_CASE("a message that is cut anywhere is malformed") {
    const std::string whole_message = samples::request_message();
    REQUIRE(digest(whole_message));
    for (std::size_t size = 0; size < whole_message.size(); ++size) {
        REQUIRE_FALSE(digest(whole_message.substr(0, size)));
    }
    const std::string answers = answer_message();
    for (std::size_t size = 0; size < answers.size(); ++size) {
        REQUIRE_FALSE(parse_replies(answers.substr(0, size)));
    }
}

TEST_CASE("random mutations of a message are judged without harm") {
    std::mt19937 random(1);
    const std::string requests = samples::request_message();
    const std::string answers = answer_message();
    int judged = 0;
    for (int i = 0; i < 20'000; ++i) {
        judged += digest(mutated(requests, random)) ? 1 : 0;
        digest_answer(mutated(answers, random));
    }
    CHECK(judged > 0);
}

TEST_CASE("random bytes are judged without harm") {
    std::mt19937 random(2);
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes(random() % 64, '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(random());
        }
        Document document;
        static_cast<void>(document.parse(bytes));
        digest_answer("\x93\x01\x01\x91" + bytes);
    }
    SUCCEED("none read beyond its end");
}

TEST_CASE("every byte of a message can be any byte") {
    const std::string bytes = samples::request_message();
    std::mt19937 random(3);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const unsigned value : {0x00U, 0x7fU, 0xc1U, 0xddU, 0xdfU, 0xdbU, 0xffU}) {
            std::string changed = bytes;
            changed[at] = static_cast<char>(value);
            static_cast<void>(digest(changed));
        }
    }
    SUCCEED("none read beyond its end");
}
