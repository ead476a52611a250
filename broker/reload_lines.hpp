// What the log says of a reload (docs/logs.md).
#pragma once

#include "broker/log.hpp"
#include "broker/options.hpp"
#include "broker/reload.hpp"

#include <cstddef>
#include <vector>

namespace taskbbs::broker {

// `keys`: as many are authorized now.
void say_reloaded(Log& log,
                  const std::vector<Change>& changed,
                  const std::vector<Hidden>& hidden,
                  std::size_t keys);

// A line a mistake.
void say_refused(Log& log, const ConfigurationError& error);

}  // namespace taskbbs::broker
