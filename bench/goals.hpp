// The rows that the goals are judged by (docs/performance.md).
#pragma once

#include "bench/report/row.hpp"

#include <vector>

namespace taskbbs::bench {

// Of `seconds` each, after `warm_up` seconds.
std::vector<Trial> goal_trials(double warm_up, double seconds);

}  // namespace taskbbs::bench
