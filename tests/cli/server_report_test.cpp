// cli/server: the documents of `taskbbs server`.
#include "cli/server/report.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace std::chrono_literals;

namespace {

constexpr Time noon{std::chrono::sys_days(std::chrono::year(2026) / 5 / 1) + 12h};

Stats stats_at(Time at) {
    Stats stats;
    stats.values["at"] = at.time_since_epoch().count();
    return stats;
}

}  // namespace

TEST_CASE("the broker's clock is compared with the middle of the exchange") {
    Findings found{.stats = stats_at(noon + 1100ms)};
    found.round_trip = {.sent = noon, .received = noon + 200ms};
    const Json connection = report_of(found).at("connection");
    CHECK(connection.at("round_trip_us") == 200'000);
    CHECK(connection.at("clock_ahead_ms") == 1000);
}

TEST_CASE("a broker that does not tell its time is compared with nothing") {
    const Findings found{.stats = Stats{}};
    CHECK(report_of(found).at("connection").at("clock_ahead_ms").is_null());
}

TEST_CASE("what could not be found out is null, and named with its cause") {
    const Findings found{.missing = {{"broker", "no answer"}}};
    const Json report = report_of(found);
    for (const auto* part : {"connection", "broker", "stats", "executors", "events"}) {
        CHECK(report.at(part).is_null());
    }
    CHECK(report.at("missing") == Json::array({{{"part", "broker"}, {"why", "no answer"}}}));
}

TEST_CASE("an event is told by its kind, without what it is about") {
    const Findings found{
        .events = std::vector<Event>{
            {.seq = 7, .stream = Stream::executor, .at = noon, .executor_id = "e"},
            {.seq = 8, .stream = Stream::pending, .at = noon, .task = {.guid = "g"}}}};
    const Json events = report_of(found).at("events");
    CHECK(events.at(0).size() == 4);
    CHECK(events.at(0).at("seq") == 7);
    CHECK(events.at(1).at("cause") == "request");
    CHECK(events.at(1).size() == 5);
}

TEST_CASE("executors are summed up") {
    ExecutorSums sums;
    CHECK(sums.json().at("counted") == 0);
    CHECK(sums.json().at("longest_ttl_ms").is_null());
    sums.add(
        {.executor_id = "a", .ttl = 5s, .expires_in = 1s, .claimed = 1, .running = 2, .slots = 4});
    sums.add({.executor_id = "b",
              .ttl = 9s,
              .expires_in = 0s,
              .running = 1,
              .draining = true,
              .slots = 1});
    CHECK(sums.json() == Json{{"counted", 2},
                              {"draining", 1},
                              {"run_out", 1},
                              {"slots", 5},
                              {"claimed", 1},
                              {"running", 3},
                              {"shortest_ttl_ms", 5000},
                              {"longest_ttl_ms", 9000}});
}

TEST_CASE("the distribution's name is read as a shell would") {
    CHECK(distribution_in("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n") ==
          "Debian GNU/Linux 12 (bookworm)");
    CHECK(distribution_in("PRETTY_NAME=Plain\n") == "Plain");
    CHECK(distribution_in("PRETTY_NAME='Quoted'") == "Quoted");
    CHECK(distribution_in("NAME=x\n").empty());
    CHECK(distribution_in("PRETTY_NAME=\"\n") == "\"");
}

TEST_CASE("what a broker says stays on its line") {
    Findings found{.stats = Stats{}, .missing = {{"broker", "a\n\x1b[31mb"}}};
    found.stats->values["text"] = std::string("x\ny");
    const std::string words = report_in_words(report_of(found));
    CHECK(words.find('\x1b') == std::string::npos);
    CHECK(words.find("\ny") == std::string::npos);
}
