// The switch of the planted bugs. Only the copies of the sources that plant.py makes ask it; what
// is released never does.
#pragma once

#include <chrono>
#include <string_view>
#include <utility>

namespace taskbbs {

// Whether this bug was chosen when the program began, by the environment's TASKBBS_PLANT.
bool planted(std::string_view bug);

}  // namespace taskbbs
