// The program's version: the build's.
#pragma once

#include <string_view>

namespace taskbbs::broker {

inline constexpr std::string_view version = TASKBBS_VERSION;

}  // namespace taskbbs::broker
