// The load: tasks driven through desire, claim, start, complete, resolving, resolve, many at a
// time.
#pragma once

#include <cstdint>
#include <string>

namespace taskbbs::bench {

struct Load {
    int connections = 1;
    int in_flight = 1;    // requests a connection
    int per_message = 1;  // requests a message, at most
    std::size_t payload_bytes = 300;
    double seconds = 5;
};

struct Measured {
    double transitions_per_second = 0;
    double p50_us = 0;  // of a request, from sending to its reply
    double p99_us = 0;
    double p999_us = 0;
    double max_us = 0;
    std::uint64_t refused = 0;  // none, or the figures mean nothing
};

// Throws std::runtime_error where the broker stops answering.
Measured drive(const std::string& endpoint, const Load& load);

}  // namespace taskbbs::bench
