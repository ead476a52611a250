// A picture as JSON, for `taskbbs top -o json`: names and units as on the wire (docs/top.md). Pure.
#pragma once

#include "cli/json.hpp"
#include "cli/top/picture.hpp"

namespace taskbbs::cli::top {

Json document_of(const Picture& picture);

}  // namespace taskbbs::cli::top
