// cli/values.hpp and cli/nearest.hpp: words as values.
#include "cli/values.hpp"

#include "cli/nearest.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace taskbbs::cli;
using std::chrono::milliseconds;

TEST_CASE("an integer is decimal digits with an optional minus and nothing around them") {
    CHECK(integer_of("0") == 0);
    CHECK(integer_of("-17") == -17);
    CHECK(integer_of("9223372036854775807") == 9223372036854775807);
    for (const auto* word : {"", "-", "+1", " 1", "1 ", "1x", "0x10", "9223372036854775808"}) {
        CAPTURE(word);
        CHECK_FALSE(integer_of(word));
    }
}

TEST_CASE("a duration has a unit, but for zero") {
    CHECK(duration_of("500ms") == milliseconds{500});
    CHECK(duration_of("5s") == milliseconds{5000});
    CHECK(duration_of("2m") == milliseconds{120'000});
    CHECK(duration_of("10000h") == milliseconds{36'000'000'000});
    CHECK(duration_of("0") == milliseconds{0});
    for (const auto* word : {"", "5", "s", "-5s", "5 s", "5S", "1.5s", "10001h", "5sm"}) {
        CAPTURE(word);
        CHECK_FALSE(duration_of(word));
    }
}

TEST_CASE("a pair is a guid, a colon and an epoch") {
    CHECK(pair_of("g-1:17") == Pair{"g-1", 17});
    for (const auto* word : {"", "g", "g:", ":1", "g:-1", "g:x", "g:1:2"}) {
        CAPTURE(word);
        CHECK_FALSE(pair_of(word));
    }
}

TEST_CASE("names stand between commas, and nothing is a name too") {
    CHECK(names_in("a") == std::vector<std::string>{"a"});
    CHECK(names_in("a,b,c") == std::vector<std::string>{"a", "b", "c"});
    CHECK(names_in("") == std::vector<std::string>{""});
    CHECK(names_in("a,") == std::vector<std::string>{"a", ""});
}

TEST_CASE("the nearest name is found for a slip and not for another word") {
    constexpr auto names = std::to_array<std::string_view>({"claim", "cancel", "complete", "get"});
    CHECK(nearest("clam", names) == "claim");
    CHECK(nearest("cliam", names) == "claim");
    CHECK(nearest("claims", names) == "claim");
    CHECK(nearest("cancle", names) == "cancel");
    CHECK(nearest("gte", names) == "get");
    CHECK(nearest("complete", names) == "complete");
    CHECK_FALSE(nearest("frobnicate", names));
    CHECK_FALSE(nearest("", names));
    CHECK_FALSE(nearest(std::string(100'000, 'c'), names));
}
