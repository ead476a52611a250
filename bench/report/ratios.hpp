// The goals: what is to be how many times as fast as what, and whether it was.
#pragma once

#include "bench/report/row.hpp"

#include <string>
#include <vector>

namespace taskbbs::bench {

struct Ratio {
    std::string id;
    std::string what;
    double value = 0;
    double goal = 0;
    bool at_most = false;  // the goal is an upper bound
    bool counts = true;    // false: the figures behind it mean nothing, as `what` says

    bool reached() const { return counts && (at_most ? value <= goal : value >= goal); }
};

// Of the goal rows that there are; `sync_p50_us` is what the disk took in the same run.
std::vector<Ratio> ratios_of(const std::vector<Row>& rows, double sync_p50_us);

}  // namespace taskbbs::bench
