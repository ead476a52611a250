// What the disk allows: the time of a 4 KiB write and fdatasync on a zero-filled file.
#pragma once

#include <string>

namespace taskbbs::bench {

struct SyncTimes {
    double p50_us = 0;
    double p99_us = 0;
    double longest_us = 0;
};

// Of 3000 of them, or as many as three seconds take; measured in a file of its own below
// `directory`, which is removed. Throws std::runtime_error.
SyncTimes measure_syncs(const std::string& directory);

}  // namespace taskbbs::bench
