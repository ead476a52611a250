// What the broker does with other loads than those of the goals, one factor at a time.
#pragma once

#include "bench/report/row.hpp"

#include <vector>

namespace taskbbs::bench {

// Of `seconds` each, after `warm_up` seconds.
std::vector<Trial> full_trials(double warm_up, double seconds);

}  // namespace taskbbs::bench
