// Times of these tests.
#pragma once

#include "broker/core/clock.hpp"

#include <chrono>

namespace taskbbs::core_test {

inline constexpr core::Time start{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)};
inline constexpr core::Time noon = start + std::chrono::hours(12);

}  // namespace taskbbs::core_test
