// How many cells of a terminal a text takes, and texts of a given number of cells. For text that
// went through escaped(): valid UTF-8 without control characters. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace taskbbs::cli {

// Most characters take one; those of East Asia and pictures two; what combines none.
std::size_t cells_of(std::string_view text);

// Cut at a character to at most `cells`; what was cut ends with "..." where there is room for it.
std::string cut_to(std::string_view text, std::size_t cells);

}  // namespace taskbbs::cli
