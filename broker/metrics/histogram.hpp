// How long things took, or how large they were, counted in buckets whose bounds double: noting a
// value is finding its highest bit and two additions. A plain value, no allocation; who owns it
// counts, and whoever else wants to see it is given a copy.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace taskbbs::metrics {

// Bounds are 2^first, 2^(first + 1), ... 2^last; a value belongs to the first bound that it does
// not exceed, or to none.
template <unsigned first, unsigned last>
struct Histogram {
    static_assert(first < last && last < 63);
    static constexpr std::size_t bounds = last - first + 1;

    static constexpr double bound(std::size_t bucket) {
        return static_cast<double>(std::uint64_t{1} << (first + bucket));
    }

    std::array<std::uint64_t, bounds + 1> counts{};  // the last one: beyond every bound
    double sum = 0;

    void note(std::uint64_t value) {
        const auto width = static_cast<unsigned>(std::bit_width(value - (value == 0 ? 0 : 1)));
        ++counts[std::clamp(width, first, last + 1) - first];
        sum += static_cast<double>(value);
    }

    // In nanoseconds. A time that went back is none at all.
    void note(std::chrono::nanoseconds took) {
        note(static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)));
    }
};

// In nanoseconds, from a few microseconds on: 4 us to 1 s, and 16 us to 17 s.
using TurnHistogram = Histogram<12, 30>;
using SyncHistogram = Histogram<14, 34>;
// 1 ms to 20 hours.
using StateHistogram = Histogram<20, 46>;
// Events of a batch: 1 to 64 Ki; its bytes: 256 to 16 Mi.
using EventsHistogram = Histogram<0, 16>;
using BytesHistogram = Histogram<8, 24>;

}  // namespace taskbbs::metrics
