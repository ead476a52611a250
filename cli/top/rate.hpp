// Events per second over the last seconds: a ring of short buckets. Pure.
#pragma once

#include "taskbbs/task.hpp"

#include <array>
#include <cstdint>

namespace taskbbs::cli::top {

// Counts by the events' own times, so that what is fetched late (a replay after an absence) counts
// where it happened, which may be before the window. Costs the same at any rate.
class Rate {
  public:
    static constexpr std::chrono::milliseconds window{5'000};

    // Before `since` nothing was counted, so it is no part of the window.
    explicit Rate(Time since = protocol::no_time) : since_(since) {}

    void note(Time at);
    // Over the window that ends now; over at least a second, however short the time since.
    double per_second(Time now) const;

  private:
    static constexpr std::chrono::milliseconds step{250};
    static constexpr std::int64_t steps = window / step;
    static_assert(window % step == Duration::zero());

    struct Bucket {
        std::int64_t number = -1;  // of the step since 1970
        std::int64_t count = 0;
    };

    Time since_;
    // More than the window's: events may be ahead of the clock here by a little.
    std::array<Bucket, 2 * static_cast<std::size_t>(steps)> buckets_;
};

}  // namespace taskbbs::cli::top
