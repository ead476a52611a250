// The results for people: tables as text.
#pragma once

#include "bench/report/machine.hpp"
#include "bench/report/ratios.hpp"
#include "bench/report/rounds.hpp"

#include <string>

namespace taskbbs::bench {

std::string text_of(const Machine& machine);
std::string text_of(const std::vector<Row>& rows);
std::string text_of(const std::vector<Ratio>& ratios);
// What each system that has a row promises.
std::string promises_of(const std::vector<Row>& rows);

}  // namespace taskbbs::bench
