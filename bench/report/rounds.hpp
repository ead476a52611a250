// All trials side by side: in each round every system is started anew and tried, one after the
// other, so that what changes on the machine hits all alike.
#pragma once

#include "bench/disk.hpp"
#include "bench/report/row.hpp"
#include "bench/systems/system.hpp"

#include <vector>

namespace taskbbs::bench {

struct Rounds {
    int count = 3;
    std::string parent;  // of the servers' directories
};

struct Results {
    std::vector<Row> rows;              // in the order of the trials; the median round's
    std::vector<SyncTimes> syncs;       // of each round
    std::vector<std::string> left_out;  // systems that are not installed, and how to change that
};

// Says on standard error what is being tried. A system that fails leaves rows that say why.
Results run_rounds(const std::vector<Trial>& trials, const Rounds& rounds);

}  // namespace taskbbs::bench
