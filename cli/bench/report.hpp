// What `taskbbs bench` has measured. Pure.
#pragma once

#include "cli/bench/latencies.hpp"
#include "cli/json.hpp"

#include <cstdint>

namespace taskbbs::cli::bench {

struct Report {
    std::int64_t clients = 0;
    std::int64_t in_flight = 0;
    std::int64_t payload_bytes = 0;
    double seconds = 0;      // that it went on
    std::int64_t steps = 0;  // answered in that time: six make a task's way
    std::int64_t lost = 0;   // tasks that somebody else took or cancelled
    Latencies latencies;     // of the steps
};

Json json_of(const Report& report);

}  // namespace taskbbs::cli::bench
