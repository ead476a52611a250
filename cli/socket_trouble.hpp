// Why nobody answers at ipc://PATH, as far as the file system tells: libzmq goes on trying and says
// nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::cli {

// What keeps this user from the endpoint's socket and what to do about it, as one line without its
// end. Nothing where it may be connected to, and for endpoints without a file: tcp://, ipc://@NAME.
std::optional<std::string> socket_trouble(std::string_view endpoint);

}  // namespace taskbbs::cli
