// cli/shown_text.hpp: bytes and times as text.
#include "cli/shown_text.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;

TEST_CASE("base64 is that of RFC 4648, section 10") {
    CHECK(base64("").empty());
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64(std::string_view{"\xff\xfe\x00", 3}) == "//4A");
}

TEST_CASE("a time is shown in UTC to the millisecond, no time as a dash") {
    CHECK(rfc3339(protocol::no_time) == "-");
    CHECK(rfc3339(Time{Duration{1'769'846'950'123'999'999}}) == "2026-01-31T08:09:10.123Z");
    CHECK(rfc3339(Time{Duration{1}}) == "1970-01-01T00:00:00.000Z");
    // The last second of a leap day.
    CHECK(rfc3339(Time{Duration{1'709'251'199'000'000'000}}) == "2024-02-29T23:59:59.000Z");
}

TEST_CASE("what a terminal would obey is escaped") {
    CHECK(escaped("plain text, \xc3\xa4") == "plain text, \xc3\xa4");
    CHECK(escaped("a\nb\tc\\") == "a\\nb\\tc\\\\");
    CHECK(escaped("\x1b[31m\x7f") == "\\x1b[31m\\x7f");
    CHECK(escaped("\xc2\x9b"
                  "2J") == "\\xc2\\x9b2J");             // CSI as one character
    CHECK(escaped("a\u202eb") == "a\\xe2\\x80\\xaeb");  // what follows would be shown backwards
    CHECK(escaped("\u2066") == "\\xe2\\x81\\xa6");
    CHECK(escaped("\u2027\u202f") == "\u2027\u202f");
    CHECK(escaped(std::string_view{"a\0b", 3}) == "a\\x00b");
}

TEST_CASE("bytes that are no UTF-8 are escaped one by one") {
    CHECK(escaped("\xff") == "\\xff");
    CHECK(escaped("\xc3(") == "\\xc3(");
    CHECK(escaped("\xe2\x82") == "\\xe2\\x82");
}

TEST_CASE("a long text is cut at a character and says so") {
    CHECK(escaped("abcdef", 6) == "abcdef");
    CHECK(escaped("abcdef", 3) == "abc...");
    CHECK(escaped("ab\xc3\xa4", 3) == "ab...");
    CHECK(escaped("ab\n", 3) == "ab...");
}
