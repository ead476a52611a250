// cli/top/grid.hpp: columns within a width.
#include "cli/top/grid.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {
namespace {

// The title and the one row that it has.
std::string shown(int columns) {
    Grid grid{{{.title = "NAME", .worth = 9, .least = 6},
               {.title = "N", .align = Align::right, .worth = 5},
               {.title = "NOTE", .worth = 1, .least = 4}}};
    grid.add({"a-long-name", "12", "something"});
    grid.fit(columns);
    CHECK(grid.title(Style::heading).width() <= columns);
    CHECK(grid.row(0, Style::plain).width() <= columns);
    return grid.title(Style::heading).text() + "\n" + grid.row(0, Style::plain).text();
}

}  // namespace

TEST_CASE("columns are as wide as their cells where that fits") {
    CHECK(shown(80) ==
          "NAME          N  NOTE\n"
          "a-long-name  12  something");
}

TEST_CASE("gaps give way first, then what is worth least, down to its least width") {
    CHECK(shown(24) ==
          "NAME         N NOTE\n"
          "a-long-name 12 something");
    CHECK(shown(20) ==
          "NAME         N NOTE\n"
          "a-long-name 12 some…");
    CHECK(shown(16) ==
          "NAME      N NOTE\n"
          "a-long-… 12 som…");
}

TEST_CASE("columns that do not fit go, the one worth least first, the first never") {
    CHECK(shown(12) ==
          "NAME       N\n"
          "a-long-n… 12");
    CHECK(shown(8) ==
          "NAME\n"
          "a-long-…");
    CHECK(shown(3) ==
          "NA…\n"
          "a-…");
}

}  // namespace taskbbs::cli::top
