// Durations, sizes and counts as an operator writes them.
#include "broker/units.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::broker;
using namespace std::chrono_literals;

TEST_CASE("a duration is digits and a unit") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("30s") == 30s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("2h") == 2h);
    CHECK(parse_duration("0s") == 0s);
}

TEST_CASE("zero is a duration without a unit, and no other number is") {
    CHECK(parse_duration("0") == 0s);
    CHECK_FALSE(parse_duration("1"));
    CHECK_FALSE(parse_duration("00"));
}

TEST_CASE("anything around, between or instead of digits and unit is no duration") {
    for (const char* text :
         {"", " ", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1d", "1S", "1h30m", "0x1s"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("a duration past 64 bits of milliseconds is none") {
    CHECK(parse_duration("9223372036854775807ms"));
    CHECK_FALSE(parse_duration("9223372036854775807s"));
    CHECK_FALSE(parse_duration("99999999999999999999ms"));
}

TEST_CASE("a size is bytes, or digits and a binary unit") {
    CHECK(parse_size("0") == 0);
    CHECK(parse_size("123") == 123);
    CHECK(parse_size("1KiB") == 1024);
    CHECK(parse_size("64MiB") == 64ULL << 20);
    CHECK(parse_size("4GiB") == 4ULL << 30);
    CHECK(parse_size("1TiB") == 1ULL << 40);
}

TEST_CASE("decimal units, abbreviations and fractions are no sizes") {
    for (const char* text :
         {"", "1MB", "1M", "1mib", "1.5GiB", "-1", "1 KiB", "MiB", "8388608TiB"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_size(text));
    }
}

TEST_CASE("a count is digits, up to the greatest number of the contract") {
    CHECK(parse_count("0") == 0);
    CHECK(parse_count("9223372036854775807") == 9223372036854775807ULL);
    for (const char* text : {"", "9223372036854775808", "1KiB", "-1", "1e3", "many"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_count(text));
    }
}

TEST_CASE("what is printed is short and reads back as the same value") {
    CHECK(format_duration(0s) == "0s");
    CHECK(format_duration(60s) == "1m");
    CHECK(format_duration(90s) == "90s");
    CHECK(format_duration(1500ms) == "1500ms");
    CHECK(format_duration(24h) == "24h");
    CHECK(format_size(0) == "0");
    CHECK(format_size(64ULL << 20) == "64MiB");
    CHECK(format_size(1025) == "1025");
    CHECK(parse_duration(format_duration(90s)) == 90s);
    CHECK(parse_size(format_size(1ULL << 41)) == 1ULL << 41);
}

TEST_CASE("the mode of a file has three octal digits, and a zero before them or none") {
    CHECK(parse_mode("0660") == 0660);
    CHECK(parse_mode("600") == 0600);
    CHECK(parse_mode("000") == 0);
    for (const char* const text : {"", "0", "66", "1660", "0668", "06600", "u+rw", "-660"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_mode(text));
    }
    CHECK(format_mode(0640) == "0640");
    CHECK(format_mode(0) == "0000");
}
