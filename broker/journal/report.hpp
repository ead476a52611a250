// Where the journal says what is not worth failing for.
#pragma once

#include <functional>
#include <string_view>

namespace taskbbs::journal {

// Says in one line what an operator should know. Called from any of the journal's threads; an empty
// one is never called.
using Report = std::function<void(std::string_view)>;

inline void say(const Report& report, std::string_view line) {
    if (report) report(line);
}

}  // namespace taskbbs::journal
