// All trials side by side: in each round every system is started anew and tried, one after the
// other, so that what changes on the machine hits all alike.
#pragma once

#include "bench/disk.hpp"
#include "bench/report/kept.hpp"
#include "bench/report/row.hpp"
#include "bench/systems/system.hpp"

#include <functional>
#include <string>
#include <vector>

namespace taskbbs::bench {

struct Rounds {
    int count = 3;
    std::string parent;  // of the servers' directories
};

// What is more than a load on a system: it starts a broker itself, and makes rows.
struct Experiment {
    std::string id;  // with which those of its rows begin
    std::function<std::vector<Row>()> run;
};

struct Results {
    std::vector<Row> rows;              // in the order of what was tried; medians of the rounds
    std::vector<SyncTimes> syncs;       // of each round
    std::vector<std::string> left_out;  // systems that are not installed, and how to change that
};

// Tries what `kept` does not have yet, and adds it there. Says on standard error what is being
// tried, and what fails; that leaves rows that say why. Throws what KeptRuns and measure_syncs()
// do.
Results run_rounds(const std::vector<Trial>& trials,
                   const std::vector<Experiment>& experiments,
                   const Rounds& rounds,
                   KeptRuns& kept);

// Those that have a row, in the order in which they are shown.
std::vector<System> systems_of(const std::vector<Row>& rows);

}  // namespace taskbbs::bench
