// Which endpoints a client can connect to. libzmq finds some of what is wrong only while it
// connects in the background, where nobody is told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::sdk {

// Why it can't be one, as words that follow its name; nothing where it may be: tcp://HOST:PORT with
// a port of 1..65535, or ipc://PATH.
std::optional<std::string> trouble_with_endpoint(std::string_view endpoint);

}  // namespace taskbbs::sdk
