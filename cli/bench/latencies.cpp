// Classes: exact below 32 ns, then each power of two in 32 parts.
#include "cli/bench/latencies.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace taskbbs::cli::bench {

std::size_t Latencies::class_of(std::uint64_t ns) {
    if (ns < parts) {
        return ns;
    }
    const auto shift = static_cast<std::size_t>(std::bit_width(ns)) - parts_log2 - 1;
    return (shift << parts_log2) + (ns >> shift);
}

std::uint64_t Latencies::end_of(std::size_t index) {
    if (index < 2 * parts) {
        return index;
    }
    const auto shift = (index >> parts_log2) - 1;
    const std::uint64_t within = parts + (index & (parts - 1));
    return ((within + 1) << shift) - 1;
}

void Latencies::add(std::chrono::nanoseconds duration) {
    ++counts_[class_of(static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration.count())))];
    ++count_;
}

void Latencies::add(const Latencies& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        counts_[i] += other.counts_[i];
    }
    count_ += other.count_;
}

double Latencies::percentile_us(double share) const {
    constexpr double ns_in_us = 1000;
    const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
    std::int64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size() && count_ > 0; ++i) {
        seen += counts_[i];
        if (seen >= std::max<std::int64_t>(1, wanted)) {
            return static_cast<double>(end_of(i)) / ns_in_us;
        }
    }
    return 0;
}

}  // namespace taskbbs::cli::bench
