// What the figures were measured on.
#pragma once

#include "bench/disk.hpp"

#include <string>

namespace taskbbs::bench {

struct Machine {
    unsigned cores = 0;
    std::string cpu;     // its model
    std::string memory;  // in GiB
    std::string kernel;
    std::string directory;  // where journals are written
    SyncTimes syncs;        // there
};

// Measures the disk below `directory`. Throws std::runtime_error.
Machine look_at_machine(const std::string& directory);

}  // namespace taskbbs::bench
