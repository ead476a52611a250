// cli/top/cells.hpp: columns and short spellings.
#include "cli/top/cells.hpp"

#include "tests/cli/top/boards.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {

TEST_CASE("wide characters take two columns and combining ones none, in any locale") {
    CHECK(width_of("abc") == 3);
    CHECK(width_of("日本") == 4);
    CHECK(width_of("e\u0301") == 1);
    CHECK(width_of("über") == 4);
    CHECK(width_of("🚀") == 2);
    CHECK(width_of("") == 0);
}

TEST_CASE("bytes that are no UTF-8 take a column each") {
    CHECK(width_of("a\xff\xe6") == 3);
    CHECK(front_of("\xff\xfe\xfd", 2) == "\xff\xfe");
}

TEST_CASE("a front is never a part of a character") {
    CHECK(front_of("日本語", 4) == "日本");
    CHECK(front_of("日本語", 5) == "日本");
    CHECK(front_of("ab", 9) == "ab");
    CHECK(front_of("ab", 0).empty());
}

TEST_CASE("a fitted text takes exactly its columns") {
    CHECK(fitted("ab", 4) == "ab  ");
    CHECK(fitted("ab", 4, Align::right) == "  ab");
    CHECK(fitted("abcdef", 4) == "abc…");
    CHECK(fitted("日本語", 4) == "日… ");
    CHECK(fitted("abc", 1) == "…");
    CHECK(fitted("abc", 0).empty());
}

TEST_CASE("an age is spelled in at most six columns") {
    CHECK(spelled_age(400ms) == "0.4s");
    CHECK(spelled_age(9'999ms) == "9.9s");
    CHECK(spelled_age(59s) == "59s");
    CHECK(spelled_age(185s) == "3m05s");
    CHECK(spelled_age(7'380s) == "2h03m");
    CHECK(spelled_age(98h) == "4d02h");
    CHECK(spelled_age(-5s) == "0.0s");
}

TEST_CASE("counts, rates, bytes and latencies are spelled for people") {
    CHECK(spelled_count(7) == "7");
    CHECK(spelled_count(1'234'567) == "1,234,567");
    CHECK(spelled_count(-1'000) == "-1,000");
    CHECK(spelled_rate(0.01) == "0");
    CHECK(spelled_rate(12.34) == "12.3");
    CHECK(spelled_rate(1'234.4) == "1,234");
    CHECK(spelled_bytes(512) == "512 B");
    CHECK(spelled_bytes(64 * 1024 * 1024) == "64.0 MiB");
    CHECK(spelled_latency(850) == "850 us");
    CHECK(spelled_latency(1'250) == "1.2 ms");
    CHECK(spelled_latency(3'400'000) == "3.4 s");
}

}  // namespace taskbbs::cli::top
