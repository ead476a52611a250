// Sums and maxima of two buckets.
#include "broker/journal/sync_times.hpp"

#include <algorithm>

namespace taskbbs::journal {

void RecentSyncs::note(Moment at, std::chrono::nanoseconds took) {
    const std::int64_t number = at.time_since_epoch() / bucket_length;
    Bucket& bucket = buckets_[static_cast<std::size_t>(number) % buckets_.size()];
    if (bucket.number != number) {
        bucket = {.number = number};
    }
    ++bucket.count;
    bucket.sum += took;
    bucket.longest = std::max(bucket.longest, took);
    all_.note(took);
}

SyncTimes RecentSyncs::times(Moment at) const {
    const std::int64_t number = at.time_since_epoch() / bucket_length;
    Bucket all;
    for (const Bucket& bucket : buckets_) {
        if (bucket.number >= number - 1) {
            all.count += bucket.count;
            all.sum += bucket.sum;
            all.longest = std::max(all.longest, bucket.longest);
        }
    }
    return {.mean = all.count > 0 ? all.sum / all.count : all.sum, .longest = all.longest};
}

}  // namespace taskbbs::journal
