// The load: tasks led through their lives over many connections, by one thread without a lock, a
// sleep or an allocation a request.
#pragma once

#include "bench/load/dialect.hpp"
#include "bench/load/histogram.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace taskbbs::bench {

struct Load {
    int connections = 1;
    int in_flight = 1;    // requests a connection
    int per_message = 1;  // requests a message, at most; where a system has such messages
    std::size_t payload_bytes = 300;
    double rate = 0;       // steps a second over all connections; 0: as fast as answers come
    double warm_up = 0.5;  // seconds before anything counts
    double seconds = 5;    // that count
    std::uint64_t lives =
        0;  // that are begun and all of which count, whatever the time; 0: by time
};

// What happens beside the load.
struct Aside {
    std::function<void()> begun;  // called when steps begin to count
    std::function<bool()> over;   // asked all the time: true ends the counting early
};

struct Measured {
    std::uint64_t steps = 0;
    double seconds = 0;         // in which they were made
    Histogram latency;          // ns from sending a step's first request to its last answer
    std::uint64_t refused = 0;  // none, or the figures mean nothing
    std::string refusal;        // what the first of them said
    double server_cpu = 0;      // seconds
    double own_cpu = 0;
};

// Where the server is, and how it is spoken to.
struct Target {
    std::string endpoint;
    std::function<std::unique_ptr<Dialect>(const Load&, int connection)> dialect;
    std::function<double()> cpu_seconds;
};

// Drives the load, then lets the lives under way come to their end. One that is paced asks
// per_message steps at a time, of one connection after the other; latencies count from when they
// were due. Throws std::runtime_error where the server does not answer for 10 s.
Measured drive(const Target& target, const Load& load, const Aside& aside = {});

// CPU seconds of this process.
double own_cpu_seconds();

// ns of a clock that never steps.
std::int64_t clock_now();

}  // namespace taskbbs::bench
