// Where the examples look for the broker: as the command `taskbbs` does.
#pragma once

#include <cstdlib>
#include <string>

namespace examples {

inline std::string endpoint() {
    const char* given = std::getenv("TASKBBS_ENDPOINT");
    return given != nullptr ? given : "tcp://127.0.0.1:7411";
}

}  // namespace examples
