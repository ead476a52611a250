// cli/table.hpp: tables and records.
#include "cli/table.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::cli;

TEST_CASE("columns are as wide as their widest cell, the last one is not padded") {
    Table table{{{"guid"}, {"task.state"}}};
    table.add({{"guid", "a"}, {"task", {{"state", "pending"}}}});
    table.add({{"guid", "longer-one"}, {"task", {{"state", "running"}}}});
    CHECK(table.text() ==
          "GUID        STATE\n"
          "a           pending\n"
          "longer-one  running\n");
}

TEST_CASE("a header comes once, and only before a row") {
    Table table{{{"a", 4}, {"b"}}};
    CHECK(table.text().empty());
    table.add({{"a", 1}, {"b", 2}});
    CHECK(table.text() == "A     B\n1     2\n");
    CHECK(table.text().empty());
    table.add({{"a", 3}, {"b", 4}});
    CHECK(table.text() == "3     4\n");
}

TEST_CASE("times are shown as RFC 3339 by the name of their member") {
    CHECK(cell_of("created_at", 1'769'846'950'123'000'000, 100) == "2026-01-31T08:09:10.123Z");
    CHECK(cell_of("task.pending_since", 0, 100) == "-");
    CHECK(cell_of("at", 0, 100) == "-");
    CHECK(cell_of("seq", 5, 100) == "5");
}

TEST_CASE("what is empty or absent is a dash") {
    CHECK(cell_of("x", "", 100) == "-");
    CHECK(cell_of("x", nullptr, 100) == "-");
    CHECK(cell_of("x", Json::array(), 100) == "-");
    Table table{{{"absent.member"}}};
    table.add(Json::object());
    CHECK(table.text() == "MEMBER\n-\n");
}

TEST_CASE("lists are joined by commas and nothing breaks a line") {
    CHECK(cell_of("stacks", Json{"a", "b"}, 100) == "a,b");
    CHECK(cell_of("x", "two\nlines", 100) == "two\\nlines");
    CHECK(cell_of("x", "abcdef", 3) == "abc...");
}

TEST_CASE("a record leaves out what is empty and names what is nested") {
    CHECK(record({{"guid", "g"}, {"stack", ""}, {"limits", {{"requests", 1024}}}}) ==
          "guid             g\n"
          "limits.requests  1024\n");
    CHECK(record({{"payload", {{"base64", "/w=="}}}}) == "payload  {\"base64\":\"/w==\"}\n");
}

TEST_CASE("on a terminal long cells give way until a row fits it, guids and times last") {
    Table table{{{"guid"}, {"state"}, {"reason"}}, {.is_one = true, .width = 50}};
    table.add({{"guid", "a-guid-that-says-much"}, {"state", "running"}, {"reason", "y"}});
    table.add({{"guid", "short"}, {"state", "pending"}, {"reason", std::string(100, 'x')}});
    CHECK(table.text() ==
          "GUID                   STATE    REASON\n"
          "a-guid-that-says-much  running  y\n"
          "short                  pending  xxxxxxxxxxxxxxx...\n");
    Table times{{{"at"}, {"reason"}}, {.is_one = true, .width = 40}};
    times.add({{"at", 1'769'846'950'123'000'000}, {"reason", std::string(100, 'x')}});
    CHECK(times.text() ==
          "AT                        REASON\n"
          "2026-01-31T08:09:10.123Z  xxxxxxxxxxx...\n");
}

TEST_CASE("a guid leaves room for another column on a terminal") {
    Table table{{{"guid"}, {"state"}, {"stack"}}, {.is_one = true, .width = 50}};
    table.add({{"guid", std::string(200, 'g')}, {"state", "running"}, {"stack", "lucid64"}});
    CHECK(table.text() == "GUID                              STATE    STACK\n" +
                              std::string(29, 'g') + "...  running  lucid64\n");
}

TEST_CASE("a terminal that has no room for all columns shows the first ones and the guid") {
    Table table{{{"seq"}, {"state"}, {"guid"}, {"reason"}}, {.is_one = true, .width = 22}};
    table.add({{"seq", 1}, {"state", "running"}, {"guid", "long-enough"}, {"reason", "w"}});
    CHECK(table.text() == "SEQ  GUID\n1    long-enough\n");
    table.add({{"seq", 2}, {"state", "running"}, {"guid", "g"}, {"reason", "w"}});
    CHECK(table.text() == "2    g\n");
}

TEST_CASE("what is wide or spare is left out before other columns are") {
    Table table{{{"guid"},
                 {.key = "seq", .spare = true},
                 {"kind"},
                 {.key = "epoch", .wide = true},
                 {"reason"}},
                {.is_one = true, .width = 24}};
    table.add({{"guid", "g-1"}, {"seq", 1}, {"kind", "claimed"}, {"epoch", 1}, {"reason", "r"}});
    CHECK(table.text() == "GUID  KIND     REASON\ng-1   claimed  r\n");
}

TEST_CASE("a note stands below its row, whole") {
    Table table{{{"guid"}, {"state"}}, {.is_one = true, .width = 20}};
    table.add({{"guid", "g"}, {"state", "running"}}, "it says more than one line holds");
    CHECK(table.text() ==
          "GUID  STATE\n"
          "g     running\n"
          "    it says more than one line holds\n");
}

TEST_CASE("a table is never cut where there is no terminal") {
    Table table{{{"guid"}, {"reason"}}};
    table.add({{"guid", "g"}, {"reason", std::string(5000, 'x')}});
    CHECK(table.text() == "GUID  REASON\ng     " + std::string(5000, 'x') + "\n");
    CHECK(record({{"payload", std::string(5000, 'x')}}).size() == 5010);
    CHECK(
        record({{"payload", std::string(5000, 'x')}}, false, {.is_one = true, .width = 80}).size() <
        4200);
}

TEST_CASE("columns are aligned by what is seen, not by bytes") {
    Table table{{{"a"}, {"b"}}};
    table.add({{"a", "\xc3\xa4\xc3\xa4\xc3\xa4"}, {"b", "1"}});
    table.add({{"a", "xxx"}, {"b", "2"}});
    CHECK(table.text() == "A    B\n\xc3\xa4\xc3\xa4\xc3\xa4  1\nxxx  2\n");
}

TEST_CASE("colour marks headers and states, without moving a column") {
    Table table{{{"guid"}, {"state"}, {"failure_reason"}},
                {.is_one = true, .width = 80, .colour = true}};
    table.add({{"guid", "g"}, {"state", "running"}, {"failure_reason", "no"}});
    CHECK(table.text() ==
          "\x1b[1mGUID\x1b[0m  \x1b[1mSTATE\x1b[0m    \x1b[1mFAILURE_REASON\x1b[0m\n"
          "g     \x1b[34mrunning\x1b[0m  \x1b[31mno\x1b[0m\n");
}

TEST_CASE("a whole record shows what is empty as well") {
    CHECK(record({{"guid", "g"}, {"stack", ""}}, true) == "guid   g\nstack  -\n");
}
