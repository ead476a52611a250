// A command line as its words, as a shell would split it, without a shell. Pure.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace taskbbs::cli {

// Blanks, tabs and newlines part words. 'All of this' is one, as it stands; in "this" a backslash
// stands before " and \; elsewhere it takes the next character as it is. Nothing else means
// anything: $, *, ~, |, ; and the like are characters. The error says what is not closed.
tl::expected<std::vector<std::string>, std::string> split_words(std::string_view line);

}  // namespace taskbbs::cli
