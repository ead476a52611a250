// The results for programs.
#pragma once

#include "bench/report/machine.hpp"
#include "bench/report/ratios.hpp"
#include "bench/report/rounds.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace taskbbs::bench {

nlohmann::json json_of(const Row& row);
// Throws nlohmann::json::exception where it is not what json_of() gives.
Row row_of(const nlohmann::json& json);

// One document: machine, rows, ratios, systems that were left out.
std::string json_of(const Machine& machine,
                    const Results& results,
                    const std::vector<Ratio>& ratios);

}  // namespace taskbbs::bench
