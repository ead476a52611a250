// Whether a word is what an option takes, and how that is said. Pure.
#pragma once

#include "cli/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli {

// Whether `value` may be given to the option.
bool has_form(const Option& option, std::string_view value);

// Whether values of an option that is given twice add up, rather than the last one counting.
bool adds_up(Form form);

// What the option takes, to stand behind "is not": "an integer from 1 to 1000".
std::string wanted_by(const Option& option);

// The words of "a|b|c"; empty where the option leaves no choice.
std::vector<std::string_view> choices_of(const Option& option);

}  // namespace taskbbs::cli
