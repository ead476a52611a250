// What each task of the command line tries.
#pragma once

#include "bench/options.hpp"
#include "bench/report/rounds.hpp"

namespace taskbbs::bench {

// Does it, with what the servers write below `directory`. Says on standard error what is being
// tried and where runs are kept. Throws std::invalid_argument where no row is wanted,
// std::runtime_error where it can't go on.
Results perform(const Options& options, const std::string& directory);

}  // namespace taskbbs::bench
