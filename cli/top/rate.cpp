// The ring of buckets.
#include "cli/top/rate.hpp"

#include <algorithm>

namespace taskbbs::cli::top {

void Rate::note(Time at) {
    if (at < since_) {
        return;
    }
    const std::int64_t number = at.time_since_epoch() / step;
    Bucket& bucket = buckets_[static_cast<std::size_t>(number) % buckets_.size()];
    if (bucket.number < number) {
        bucket = {number, 0};
    }
    bucket.count += bucket.number == number ? 1 : 0;
}

double Rate::per_second(Time now) const {
    const std::int64_t oldest = now.time_since_epoch() / step - steps + 1;
    std::int64_t count = 0;
    for (const Bucket& bucket : buckets_) {
        count += bucket.number >= oldest ? bucket.count : 0;
    }
    const Time begin = std::max(since_, Time{oldest * Duration{step}});
    const auto span = std::max<Duration>(now - begin, std::chrono::seconds{1});
    return static_cast<double>(count) / std::chrono::duration<double>(span).count();
}

}  // namespace taskbbs::cli::top
