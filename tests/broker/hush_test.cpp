// How many lines of a kind are shown.
#include "broker/hush.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::broker;
using namespace std::chrono_literals;
using Hushed = std::vector<Hush::Hushed>;

namespace {

constexpr Hush::Moment first_line{1h};

// How many of `lines` are shown.
int shown(Hush& hush, int lines, Hush::Moment at, Level level = Level::warn) {
    int count = 0;
    for (int i = 0; i < lines; ++i) {
        count += hush.admits(level, "trouble", at) ? 1 : 0;
    }
    return count;
}

}  // namespace

TEST_CASE("of a kind so many lines a minute are shown, and the others are counted") {
    Hush hush;
    CHECK(shown(hush, 14, first_line) == 10);
    CHECK(shown(hush, 3, first_line + 59s) == 0);
    CHECK(hush.take_ended(first_line + 60s) == Hushed{{"trouble", Level::warn, 7}});
}

TEST_CASE("what answers a start or a reload is shown, an option or a mistake a line") {
    Hush hush;
    for (const std::string_view event : {"reloaded",
                                         "reload_changed",
                                         "reload_hidden",
                                         "reload_needs_restart",
                                         "reload_refused",
                                         "configuration_wrong"}) {
        for (int i = 0; i < 100; ++i) {
            REQUIRE(hush.admits(Level::warn, event, first_line));
        }
    }
}

TEST_CASE("what one kind has used up is not missing to another") {
    Hush hush;
    shown(hush, 11, first_line);
    CHECK(hush.admits(Level::warn, "other", first_line));
}

TEST_CASE("the next minute begins with the next line") {
    Hush hush;
    shown(hush, 11, first_line);
    hush.take_ended(first_line + 60s);
    CHECK(shown(hush, 11, first_line + 90s) == 10);
    CHECK(hush.take_ended(first_line + 149s).empty());
    CHECK(hush.take_ended(first_line + 150s) == Hushed{{"trouble", Level::warn, 1}});
}

TEST_CASE("what was counted is handed over once") {
    Hush hush;
    shown(hush, 12, first_line);
    CHECK(hush.take_ended(first_line + 60s).size() == 1);
    CHECK(hush.take_ended(first_line + 3h).empty());
    CHECK(hush.take_all().empty());
}

TEST_CASE("at the end everything that was counted is handed over, by name") {
    Hush hush;
    shown(hush, 12, first_line);
    for (int i = 0; i < 11; ++i) {
        hush.admits(Level::info, "a", first_line);
    }
    CHECK(hush.take_all() == Hushed{{"a", Level::info, 1}, {"trouble", Level::warn, 2}});
}

TEST_CASE("it says when there is something to hand over") {
    Hush hush;
    shown(hush, 10, first_line);
    CHECK_FALSE(hush.next_end());
    shown(hush, 1, first_line + 5s);
    CHECK(hush.next_end() == first_line + 60s);
    hush.take_ended(first_line + 60s);
    CHECK_FALSE(hush.next_end());
}

TEST_CASE("nothing is lost where nobody asks before the next minute") {
    Hush hush;
    shown(hush, 12, first_line);
    CHECK(shown(hush, 11, first_line + 5min) == 10);
    CHECK(hush.take_ended(first_line + 6min) == Hushed{{"trouble", Level::warn, 3}});
}

TEST_CASE("lines that were lost on their way count as not shown") {
    Hush hush;
    REQUIRE(shown(hush, 1, first_line) == 1);
    hush.lost("trouble", 1, first_line);
    CHECK(hush.next_end() == first_line + 60s);
    hush.lost("trouble", 4, first_line + 2min);
    CHECK(hush.next_end() == first_line + 3min);
    CHECK(hush.take_ended(first_line + 3min) == Hushed{{"trouble", Level::warn, 5}});
}

TEST_CASE("who reads debug lines gets more of them, yet not without end") {
    Hush hush;
    CHECK(shown(hush, 1500, first_line, Level::debug) == 1000);
}
