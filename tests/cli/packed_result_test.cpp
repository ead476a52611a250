// cli/packed_result.hpp: a command's result as bytes.
#include "cli/packed_result.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::cli;

TEST_CASE("the result of a command is this map, byte for byte") {
    const CommandResult result{.exit = 3, .out = "hi", .truncated = false};
    CHECK(pack(result) ==
          "\x85\xa4"
          "exit\x03\xa6"
          "signal\xc0\xa6"
          "stdout\xc4\x02hi\xa6"
          "stderr\xc4" +
              std::string(1, '\0') +
              "\xa9"
              "truncated\xc2");
}

TEST_CASE("what was packed is what is unpacked") {
    const CommandResult killed{
        .signal = 9, .out = std::string("a\0\xff", 3), .err = "err", .truncated = true};
    CHECK(unpack_result(pack(killed)) == killed);
    const CommandResult ended{.exit = 255};
    CHECK(unpack_result(pack(ended)) == ended);
}

TEST_CASE("bytes that are no such map are not unpacked") {
    for (const std::string bytes : {"", "text", "\xc1", "\x80", "\x91\x01"}) {
        CAPTURE(bytes);
        CHECK_FALSE(unpack_result(bytes));
    }
    CHECK_FALSE(unpack_result(pack({.exit = 0}) + "x"));
    CHECK_FALSE(unpack_result(std::string(100'000, '\x91')));  // deep
}

TEST_CASE("outputs within their bound fit into the broker's limit") {
    for (const std::size_t limit : {std::size_t{1} << 10, std::size_t{1} << 20, std::size_t{100}}) {
        const std::string most(output_bound(limit), 'x');
        CHECK(pack({.exit = 255, .out = most, .err = most, .truncated = true}).size() <= limit);
    }
    CHECK(output_bound(10) == 0);
}
