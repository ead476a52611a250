// A document of each shape with every member that one of it may have, from the same functions that
// make the real ones. Pure.
#pragma once

#include "cli/arguments.hpp"
#include "cli/json.hpp"

#include <optional>

namespace taskbbs::cli {

// Nothing where only the document itself can tell.
std::optional<Json> sample_of(Shape shape);

// What the command will show with these options.
Shape shape_of(const Arguments& arguments);

}  // namespace taskbbs::cli
