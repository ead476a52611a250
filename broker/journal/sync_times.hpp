// How long batches took to be durable, over the last 5 to 10 seconds: two buckets of 5 s, of which
// the older one goes when the newer one is full. Pure; one thread at a time.
#pragma once

#include "broker/metrics/histogram.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace taskbbs::journal {

struct SyncTimes {
    std::chrono::nanoseconds mean{0};
    std::chrono::nanoseconds longest{0};
};

class RecentSyncs {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds bucket_length{5};

    // A batch was durable at `at`, having taken this long. Not before an earlier one.
    void note(Moment at, std::chrono::nanoseconds took);
    // Zero where there was none.
    SyncTimes times(Moment at) const;

    // Of all batches since the start.
    const metrics::SyncHistogram& all() const { return all_; }

  private:
    struct Bucket {
        std::int64_t number = -2;  // of the 5 s since the clock's beginning
        std::int64_t count = 0;
        std::chrono::nanoseconds sum{0};
        std::chrono::nanoseconds longest{0};
    };

    std::array<Bucket, 2> buckets_;
    metrics::SyncHistogram all_;
};

}  // namespace taskbbs::journal
