// What the simulator is there for: something that must never be.
#pragma once

#include <fmt/format.h>
#include <stdexcept>
#include <utility>

namespace taskbbs::simulation {

class Finding : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Throws a Finding unless `holds`.
template <class... Parts>
void expect(bool holds, fmt::format_string<Parts...> what, Parts&&... parts) {
    if (!holds) throw Finding(fmt::format(what, std::forward<Parts>(parts)...));
}

}  // namespace taskbbs::simulation
