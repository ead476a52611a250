// One thing that happens to a board, by a few small numbers: so that a sequence of them can be made
// at random, shrunk to what matters, and printed in words.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace taskbbs::properties {

enum class Act : std::uint8_t {
    desire,
    claim,
    acquire,
    start,
    complete,
    reject,
    cancel,
    resolving,
    resolve,
    join,
    depart,
    drain,
    undrain,
    pause,
    resume,
    lose,     // ends what lost executors owned
    pass,     // of convergence, with kicks
    wait,     // time goes by
    restart,  // replays all that was recorded, and goes on
};

struct Deed {
    static constexpr unsigned tasks = 6;
    static constexpr unsigned executors = 3;
    static constexpr unsigned sessions = 3;
    static constexpr unsigned most = 60;

    Act act = Act::desire;
    unsigned task = 0;
    unsigned executor = 0;
    unsigned session = 0;
    unsigned amount = 0;  // below `most`: what else there is to choose

    std::string task_name() const { return "t" + std::to_string(task); }

    std::string executor_name() const { return "e" + std::to_string(executor); }
};

using Deeds = std::vector<Deed>;

std::string words_of(const Deed& deed);

std::ostream& operator<<(std::ostream& out, const Deed& deed);

}  // namespace taskbbs::properties
