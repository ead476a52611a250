// Rows that say no more than a test needs.
#pragma once

#include "bench/report/row.hpp"

#include <string>

namespace taskbbs::bench {

inline Row row_with(std::string id, double per_second, std::string system = "taskbbs") {
    Row row;
    row.id = id;
    row.system = std::move(system);
    row.title = std::move(id);
    row.per_second = per_second;
    return row;
}

}  // namespace taskbbs::bench
