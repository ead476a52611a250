// What `taskbbs server info` and `report` show: documents made of what the broker and this machine
// say, member by member, so that nothing gets into a bug report that is not meant to (docs/cli.md).
// Pure.
#pragma once

#include "cli/json.hpp"
#include "cli/server/machine.hpp"

#include <optional>
#include <string>
#include <vector>

namespace taskbbs::cli {

// hello and stats, and which endpoint they came from.
Json info_of(const std::string& endpoint, const Hello& hello, const Stats& stats);

// Sums over executors; their ids are not kept.
class ExecutorSums {
  public:
    void add(const ExecutorInfo& executor);
    Json json() const;

  private:
    std::int64_t count_ = 0;
    std::int64_t draining_ = 0;
    std::int64_t slots_ = 0;
    std::int64_t claimed_ = 0;
    std::int64_t running_ = 0;
    std::int64_t run_out_ = 0;
    std::optional<milliseconds> shortest_ttl_;
    std::optional<milliseconds> longest_ttl_;
};

// How long a request took, and how the clocks differ.
struct RoundTrip {
    Time sent;
    Time received;  // by the clock of this machine
};

// What was found out; what is absent could not be.
struct Findings {
    Time made_at = protocol::no_time;
    Machine machine;
    std::string endpoint;
    std::string context;  // its name; empty: none
    std::optional<Hello> hello;
    std::optional<Stats> stats;
    RoundTrip round_trip;  // that of stats
    std::optional<ExecutorSums> executors;
    std::optional<std::vector<Event>> events;
    std::vector<std::pair<std::string, std::string>> missing;  // a part, and why
};

// Times are ns since 1970.
Json report_of(const Findings& findings);
// The same for people: a heading and indented lines for each part.
std::string report_in_words(const Json& report);

}  // namespace taskbbs::cli
