// Bytes that an option gives, or the file that its -file twin names.
#pragma once

#include "cli/arguments.hpp"

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace taskbbs::cli {

// --OPTION TEXT or --OPTION-file FILE; "-" is standard input; neither: empty. The error is one
// line. Reads at most 64 MiB: more is no payload anywhere.
tl::expected<std::string, std::string> bytes_given(const Arguments& arguments,
                                                   std::string_view option);

// All of a file, up to 64 MiB. The error is one line.
tl::expected<std::string, std::string> bytes_of_file(const std::string& name);

}  // namespace taskbbs::cli
