// How long things took, in so little memory that it does not matter how many there were. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace taskbbs::cli::bench {

// Counts by duration, to one part in 32. Not thread-safe.
class Latencies {
  public:
    void add(std::chrono::nanoseconds duration);
    void add(const Latencies& other);

    std::int64_t count() const { return count_; }

    // The duration that `share` (0..1) of them did not pass, in us; 0 where there are none. Told is
    // the upper end of its class.
    double percentile_us(double share) const;

  private:
    static constexpr std::size_t parts_log2 = 5;
    static constexpr std::size_t parts = std::size_t{1} << parts_log2;

    static std::size_t class_of(std::uint64_t ns);
    static std::uint64_t end_of(std::size_t index);

    std::array<std::int64_t, 64 * parts> counts_{};
    std::int64_t count_ = 0;
};

}  // namespace taskbbs::cli::bench
