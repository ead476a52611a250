// Chance, all of it from one seed.
#pragma once

#include "tests/simulation/schedule.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace taskbbs::simulation {

class Draw {
  public:
    explicit Draw(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t word() { return engine_(); }

    // 0 .. choices - 1.
    std::size_t below(std::size_t choices) { return engine_() % choices; }

    // Both ends included.
    std::int64_t between(std::int64_t least, std::int64_t most) {
        return least + static_cast<std::int64_t>(below(static_cast<std::size_t>(most - least) + 1));
    }

    Duration between(Duration least, Duration most) {
        return Duration(between(least.count(), most.count()));
    }

    bool chance(double probability) {
        return static_cast<double>(engine_() >> 11) * 0x1.0p-53 < probability;
    }

    // Mostly little, sometimes much.
    Duration skewed(Duration most) {
        const std::size_t halvings = below(8);
        return between(Duration{0}, Duration(most.count() >> halvings));
    }

    std::string bytes(std::size_t size) {
        std::string made(size, '\0');
        for (char& byte : made)
            byte = static_cast<char>(engine_());
        return made;
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace taskbbs::simulation
