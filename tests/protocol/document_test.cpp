// What a parsed message holds, and which bytes are none.
#include "protocol/document.hpp"

#include "protocol/limits.hpp"
#include "protocol/packer.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace taskbbs::protocol;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

bool is_message(std::string_view bytes) {
    Document document;
    return document.parse(bytes).has_value();
}

}  // namespace

TEST_CASE("each type is read as itself and as nothing else") {
    // nil, true, -1, 2^63, 1.5, "a", bin "b", ext, [], {}
    const auto bytes =
        "\x9a\xc0\xc3\xff\xcf\x80\x00\x00\x00\x00\x00\x00\x00\xca\x3f\xc0\x00\x00"
        "\xa1"
        "a\xc4\x01"
        "b\xd4\x01x\x90\x80"sv;
    Document document;
    const auto root = document.parse(bytes);
    REQUIRE(root);
    REQUIRE(root->size() == 10);
    std::vector<Value> items(root->begin(), root->end());
    CHECK(items[0].is_nil());
    CHECK(items[1].boolean() == true);
    CHECK(items[2].integer() == -1);
    CHECK(items[3].type() == Type::big);
    CHECK_FALSE(items[3].integer());
    CHECK(items[4].real() == 1.5);
    CHECK(items[5].str() == "a");
    CHECK_FALSE(items[5].bin());
    CHECK(items[6].bin() == "b");
    CHECK_FALSE(items[6].str());
    CHECK(items[7].type() == Type::ext);
    CHECK(items[8].type() == Type::array);
    CHECK(items[8].size() == 0);
    CHECK(items[8].begin() == items[8].end());
    CHECK(items[9].type() == Type::map);
    CHECK(items[9].at("a").is_nil());
}

TEST_CASE("a map finds its keys and says nil for the rest") {
    Document document;
    const auto root = document.parse(
        "\x82\xa1"
        "a\x81\xa1x\x01\xa1"
        "b\x02"sv);
    REQUIRE(root);
    CHECK(root->at("a").at("x").integer() == 1);
    CHECK(root->at("b").integer() == 2);
    CHECK(root->at("c").is_nil());
}

TEST_CASE("bytes left over behind a message make it malformed") {
    CHECK(is_message("\x90"sv));
    CHECK_FALSE(is_message("\x90\x90"sv));
    CHECK_FALSE(is_message(""sv));
    CHECK_FALSE(is_message("\xc1"sv));
}

TEST_CASE("a length that lies is refused before it costs anything") {
    CHECK_FALSE(is_message("\xdd\xff\xff\xff\xff"sv));
    CHECK_FALSE(is_message("\xdf\xff\xff\xff\xff"sv));
    CHECK_FALSE(is_message("\xdb\xff\xff\xff\xff"sv));
    CHECK_FALSE(is_message("\xc6\xff\xff\xff\xff"sv));
    CHECK_FALSE(is_message("\xc9\xff\xff\xff\xff\x01"sv));
    CHECK_FALSE(is_message("\x92\xc0"sv));
}

TEST_CASE("a message is nested at most 8 deep") {
    CHECK(is_message("\x91\x91\x91\x91\x91\x91\x91\x90"sv));
    CHECK_FALSE(is_message("\x91\x91\x91\x91\x91\x91\x91\x91\x90"sv));
    CHECK(is_message("\x81\xa1m\x91\x81\xa1m\x91\x81\xa1m\x91\x81\xa1m\x90"sv));
    CHECK_FALSE(is_message("\x81\xa1m\x91\x81\xa1m\x91\x81\xa1m\x91\x81\xa1m\x91\x90"sv));
    CHECK_FALSE(is_message(std::string(100'000, '\x91')));
}

TEST_CASE("a key twice in a map makes the message malformed, wherever it is") {
    CHECK_FALSE(
        is_message("\x82\xa1"
                   "a\x01\xa1"
                   "a\x02"sv));
    CHECK_FALSE(is_message("\x91\x82\x01\xc0\x01\xc0"sv));
    CHECK_FALSE(is_message("\x82\xa0\xc0\xa0\xc0"sv));
    CHECK_FALSE(is_message("\x82\xc0\xc0\xc0\xc0"sv));
    CHECK(
        is_message("\x82\xa1"
                   "a\x01\xc4\x01"
                   "a\x02"sv));
}

TEST_CASE("a key twice is found among many") {
    for (const int repeated : {0, 1}) {
        std::string bytes;
        Packer packer(bytes);
        packer.map(200);
        for (int i = 0; i < 200; ++i) {
            packer.str("key" + std::to_string(i == 199 && repeated == 1 ? 17 : i));
            packer.integer(i);
        }
        CHECK(is_message(bytes) == (repeated == 0));
    }
}

// A map whose keys are first, first + step, ...
std::string map_of(std::uint32_t keys, std::int64_t first = 0, std::int64_t step = 1) {
    std::string bytes;
    Packer packer(bytes);
    packer.map(keys);
    for (std::uint32_t i = 0; i < keys; ++i) {
        packer.integer(first + step * i);
        packer.nil();
    }
    return bytes;
}

TEST_CASE("a map has at most 256 keys, and one with more costs nothing") {
    CHECK(is_message(map_of(256)));
    CHECK_FALSE(is_message(map_of(257)));
    const std::string many = "\xdf\x00\x09\x00\x00"s + std::string(1'200'000, '\1');
    Document document;
    CHECK_FALSE(document.parse(many));
    CHECK(document.why() == "a map has more than 256 keys"sv);
}

TEST_CASE("keys of every type are told apart, and told to be the same") {
    // nil, false, true, 1, 1.0 as a float, "a", bin "a", ext, 2^63
    const auto keys =
        "\xc0\0\xc2\0\xc3\0\1\0\xca\x3f\x80\0\0\0\xa1"
        "a\0\xc4\1"
        "a\0\xd4\1a\0\xcf\x80\0\0\0\0\0\0\0\0"sv;
    CHECK(is_message("\x89" + std::string(keys)));
    CHECK_FALSE(is_message("\x8a" + std::string(keys) + "\xc0\0"s));
    CHECK_FALSE(is_message("\x8a" + std::string(keys) + "\1\0"s));
    CHECK_FALSE(is_message("\x8a" + std::string(keys) + "\xd4\1a\0"s));
}

TEST_CASE("a message has at most as many values as its reader takes") {
    Document document;
    CHECK(document.parse("\x93\x01\x02\x03"sv, 4));
    CHECK_FALSE(document.parse("\x94\x01\x02\x03\x04"sv, 4));
    CHECK_FALSE(document.parse("\x94\x01\x02\x03\x81\xc0\x01"sv, 4));
    CHECK(std::string(document.why()).find("too many values") != std::string::npos);
    CHECK(document.parse("\x94\x01\x02\x03\x04"sv));
}

TEST_CASE("UTF-8 is judged as RFC 3629 does") {
    CHECK(is_utf8(""));
    CHECK(is_utf8("plain ascii, longer than a word of eight bytes"));
    CHECK(is_utf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    CHECK(is_utf8("\xf4\x8f\xbf\xbf"));
    CHECK_FALSE(is_utf8("\xff"));
    CHECK_FALSE(is_utf8("12345678\xc3"));
    CHECK_FALSE(is_utf8("\xc0\xaf"));          // overlong
    CHECK_FALSE(is_utf8("\xe0\x80\xaf"));      // overlong
    CHECK_FALSE(is_utf8("\xed\xa0\x80"));      // surrogate
    CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
}

TEST_CASE("a text that is not UTF-8 is told of by itself and by what holds it") {
    Document document;
    const auto root = document.parse(
        "\x92\x81\xa1"
        "a\xa1\xff\x81\xa1"
        "a\xa1"
        "b"sv);
    REQUIRE(root);
    const Value bad = *root->begin();
    const Value good = *++root->begin();
    CHECK_FALSE(bad.utf8_within());
    CHECK_FALSE(bad.at("a").utf8());
    CHECK(good.utf8_within());
    CHECK_FALSE(root->utf8_within());
}

TEST_CASE("a document can be used again") {
    Document document;
    CHECK_FALSE(document.parse("\x92\xc0"sv));
    CHECK_FALSE(document.why().empty());
    const auto root = document.parse("\x01"sv);
    REQUIRE(root);
    CHECK(root->integer() == 1);
    CHECK(document.why().empty());
}
