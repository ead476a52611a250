// Moments and lengths of time as people say them. Pure.
#pragma once

#include "taskbbs/task.hpp"

#include <string>

namespace taskbbs::cli {

// The two largest units: "3d 4h", "2m 3s"; below 10 s to the millisecond: "1.250s". A negative one
// is 0.
std::string span_text(Duration span);

// "2026-01-31T08:09:10.123Z (2m 3s ago)", "... (in 12s)", "... (now)".
std::string moment_text(Time moment, Time now);

}  // namespace taskbbs::cli
