// The results as a picture: a bar of durable transitions a second for each load of each system.
#pragma once

#include "bench/report/machine.hpp"
#include "bench/report/row.hpp"

#include <string>
#include <vector>

namespace taskbbs::bench {

// SVG. Rows of the systems that are no board, of one request at a time and without figures have no
// bar.
std::string chart_of(const Machine& machine, const std::vector<Row>& rows);

}  // namespace taskbbs::bench
