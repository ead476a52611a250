// A board that grows: what a task costs in memory, and how long the loop's longest step was
// meanwhile.
#pragma once

#include "bench/broker_process.hpp"

namespace taskbbs::bench {

struct Growth {
    double tasks_per_second = 0;
    double bytes_per_task = 0;         // resident memory, payloads empty, outcomes acked
    std::int64_t longest_step_us = 0;  // of the loop, as it says itself
};

// Desires `tasks` tasks with 36-character guids, default fields and empty payloads.
Growth grow(const BrokerProcess& broker, std::uint64_t tasks);

}  // namespace taskbbs::bench
