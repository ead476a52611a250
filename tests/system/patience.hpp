// Waiting in tests: for something that has to come, never for how long it takes.
#pragma once

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

namespace taskbbs::test {

// Far more than a loaded machine needs; only a broken promise takes as long.
inline constexpr std::chrono::seconds patience{120};

// `rule` says in a failure what did not come.
template <class Condition>
void wait_until(const char* rule, Condition condition) {
    INFO(rule);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        REQUIRE(std::chrono::steady_clock::now() < end);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

}  // namespace taskbbs::test
