// What `taskbbs history` shows of a life. Pure.
#pragma once

#include "cli/history/life.hpp"
#include "cli/json.hpp"
#include "cli/terminal.hpp"

#include <string>
#include <string_view>

namespace taskbbs::cli {

// `oldest`: the number of the oldest event that the broker keeps, where it does not keep all; `now`
// as the stays that go on end. Kicks in a row are one line; what there is to say of an event stands
// below it.
std::string life_in_words(std::string_view guid,
                          const Life& life,
                          std::optional<Seq> oldest,
                          Time now,
                          const Terminal& terminal = {});

// The same with every event; docs/explain.md has the fields.
Json life_as_json(std::string_view guid, const Life& life, std::optional<Seq> oldest, Time now);

}  // namespace taskbbs::cli
