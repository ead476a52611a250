// What `taskbbs explain` shows of a task: lines for people, a document for programs, of the same
// values. Pure.
#pragma once

#include "cli/explain/fate.hpp"
#include "cli/explain/offers.hpp"
#include "cli/json.hpp"

namespace taskbbs::cli {

// `offers`: of a pending task, else null.
std::string explained_in_words(const Explained& facts, const Offers* offers);

// Times are ns since 1970 on the broker's clock; what never comes, or is not there, is null. See
// docs/explain.md for every field.
Json explained_as_json(const Explained& facts, const Offers* offers);

}  // namespace taskbbs::cli
