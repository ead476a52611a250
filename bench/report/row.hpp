// A line of the benchmark: what is tried, and what came of it.
#pragma once

#include "bench/load/drive.hpp"

#include <map>
#include <string>
#include <vector>

namespace taskbbs::bench {

struct Trial {
    std::string id;      // names it in JSON and in results that are kept
    std::string system;  // one of all_systems()
    std::string title;
    Load load;
    bool sdk = false;     // through the SDK instead of raw
    bool ipc = false;     // a socket of the file system instead of tcp
    bool curve = false;   // encrypted, and known by a key; through the SDK alone
    int subscribers = 0;  // of all events
    bool subscribers_read = true;
};

struct Row {
    std::string id;
    std::string system;
    std::string title;
    double per_second = 0;  // steps of a life
    double p50_us = 0;      // of a step, from sending its first request to its last answer
    double p99_us = 0;
    double p999_us = 0;
    double max_us = 0;
    double seconds = 0;     // that were measured
    double server_cpu = 0;  // seconds, of all its processes
    double own_cpu = 0;     // seconds of the generator
    std::uint64_t refused = 0;
    std::string trouble;                 // what the first refusal said, or why there are no figures
    std::map<std::string, double> more;  // figures that this kind of row has

    // Of the server's time, in us.
    double cpu_of_step() const {
        return per_second > 0 ? server_cpu * 1e6 / (per_second * seconds) : 0;
    }

    // The figures say more about the generator than about the server.
    bool generator_bound() const { return own_cpu > server_cpu; }

    bool has_figures() const { return refused == 0 && trouble.empty(); }
};

Row row_of(const Trial& trial, const Measured& measured);

// The run whose rate is the median of all; of two, the slower. One without figures counts as the
// slowest. What is in `more` is the median of each figure by itself. `runs` is not empty.
Row median_of(std::vector<Row> runs);

}  // namespace taskbbs::bench
