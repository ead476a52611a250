// How `taskbbs top` looks: a picture of the board, what the user looks at and the size of the
// terminal become lines, no more of them than rows and none wider than the terminal. Pure.
//
//     taskbbs top  ENDPOINT                                   live 12:03:04Z
//     STATE       TASKS  PER SEC  OLDEST   BROKER up 2h03m
//     pending ...                          sync ...
//     1 QUEUES    STACK  PENDING ...
//     2 EXECUTORS LOAD ...
//     3 TASKS     STATE  AGE ...
//     q quit  Tab pane ...
#pragma once

#include "cli/top/picture.hpp"
#include "cli/top/screen.hpp"
#include "cli/top/styled.hpp"

#include <optional>
#include <string>
#include <vector>

namespace taskbbs::cli::top {

// What is not of the board itself.
struct Situation {
    std::string endpoint;
    Time now = protocol::no_time;    // by the clock here
    std::optional<Time> away_since;  // no answer since then
    std::int64_t listed = 0;         // tasks, while they are being listed
};

// Exactly as many lines as there are rows. Both of the size are at least 1.
std::vector<Line> frame(const Picture& picture,
                        const Screen& screen,
                        const Situation& situation,
                        Size size);

// All that there is, for a file: as many lines as it takes, up to `most_rows` a pane, no footer.
std::vector<Line> report(const Picture& picture, const Situation& situation, int columns);

inline constexpr int most_report_rows = 50;

}  // namespace taskbbs::cli::top
