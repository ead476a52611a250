// What a start says of the journal that it found (docs/logs.md).
#pragma once

#include "broker/core/board.hpp"
#include "broker/journal/recovery.hpp"
#include "broker/log.hpp"

namespace taskbbs::broker {

struct RecoveryTimes {
    core::Duration took{0};
    core::Time wall{};  // now
};

void say_recovered(Log& log,
                   const journal::Recovered& recovered,
                   const core::Board& board,
                   const RecoveryTimes& times);

}  // namespace taskbbs::broker
