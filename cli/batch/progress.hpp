// How far a batch is, in words: the bar of a terminal, the lines of a log, the sum at the end.
// Pure.
#pragma once

#include "cli/batch/outcome.hpp"
#include "cli/batch/tally.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli::batch {

using Moment = std::chrono::steady_clock::time_point;

// How fast tasks end, over about the last half minute.
class Pace {
  public:
    explicit Pace(Moment begin) : samples_{{begin, 0}} {}

    // `over`: tasks that needed no more waiting by then. Neither goes back.
    void add(Moment at, std::uint64_t over);

    // A second; 0 as long as nothing is known.
    double rate() const;

  private:
    struct Sample {
        Moment at;
        std::uint64_t over = 0;
    };

    std::deque<Sample> samples_;
};

// "850ms", "12s", "3m05s", "2h07m".
std::string short_duration(std::chrono::milliseconds duration);

// How long the rest takes at this rate; nothing where that can't be told.
std::optional<std::chrono::milliseconds> time_left(const Tally& tally, double rate);

// "45/100 done, 2 failed, 12.3/s, 4s left"; a plus behind the total while more may come.
std::string numbers(const Tally& tally, double rate);

// At most `width` columns of a terminal, without an end of line: "[####....] 45/100 done, ...".
std::string bar(const Tally& tally, double rate, std::size_t width, bool colour);

// The failures of a batch, for the end: the first ones, and how many more there are.
class Failures {
  public:
    // One that has not failed, or that the run itself has cancelled, is none.
    void add(const TaskOutcome& outcome);

    // A line each, with its end: "  3: exit status 1: false".
    std::string text() const;

  private:
    static constexpr std::size_t most_named = 20;

    std::vector<std::string> named_;
    std::size_t count_ = 0;
};

// The last line: "98 done, 2 failed, 1 tried anew in 12s (8.2/s)".
std::string sum(const Tally& tally, std::chrono::milliseconds elapsed);

}  // namespace taskbbs::cli::batch
