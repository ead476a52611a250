// cli/cells.hpp: texts on a terminal.
#include "cli/cells.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::cli;

TEST_CASE("a character takes the cells that a terminal gives it") {
    CHECK(cells_of("abc") == 3);
    CHECK(cells_of("\xc3\xa4\xe2\x82\xac") == 2);  // two letters of Europe
    CHECK(cells_of("\xe6\xbc\xa2") == 2);          // one of East Asia
    CHECK(cells_of("\xf0\x9f\x99\x82") == 2);      // a picture
    CHECK(cells_of("e\xcc\x81") == 1);             // an accent combines
    CHECK(cells_of("") == 0);
}

TEST_CASE("what is too long is cut at a character and marked, where there is room for a mark") {
    CHECK(cut_to("abcdef", 6) == "abcdef");
    CHECK(cut_to("abcdefg", 6) == "abc...");
    CHECK(cut_to("abcdefg", 3) == "abc");
    CHECK(cut_to("abc", 0).empty());
    CHECK(cut_to("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 5) == "\xe6\xbc\xa2...");
}
