// The goals: what is to be how many times as fast as what, or how small, and whether it was.
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

// Of the rows that there are and have figures; `sync_p50_us` is what the disk took in the same run.
// Against a stub that does not reach half of the bare echo nothing counts.
std::vector<Ratio> ratios_of(const std::vector<Row>& rows, double sync_p50_us);

}  // namespace taskbbs::bench
