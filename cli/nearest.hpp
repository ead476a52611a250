// The name that somebody probably meant.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace taskbbs::cli {

// The one of `names` that takes the fewest edits (a letter more, less, another, or two swapped), if
// those are few enough to be a slip: at most a third of the word, at least one. The first of
// equals.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> names);

}  // namespace taskbbs::cli
