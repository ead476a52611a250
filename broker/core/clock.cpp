// Stamps that never go back, and the way back from a stamp to the moment when it was made.
#include "broker/core/clock.hpp"

#include <algorithm>

namespace taskbbs::core {

using namespace std::chrono_literals;

namespace {

constexpr Duration creep_beyond = 60s;
constexpr Duration pair_distance = 10ms;
constexpr Duration smallest_step = 1ns;

}  // namespace

std::optional<Time> later(Time from, std::chrono::milliseconds by) {
    constexpr auto farthest = std::chrono::floor<std::chrono::milliseconds>(Duration::max());
    const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(from.time_since_epoch());
    if (by >= farthest - since_epoch) {
        return std::nullopt;
    }
    return from + by;
}

Time Clock::begin(Time wall, Time last_event) {
    last_ = std::max(last_, last_event);
    serving_since_ = std::max(wall, last_);
    creeping_ = last_ - wall > creep_beyond;
    offset_ = creeping_ ? serving_since_ - wall : Duration{0};
    pairs_ = {{serving_since_, serving_since_}};
    return serving_since_;
}

Time Clock::peek(Time now) const {
    return std::max(last_, wall_of(now));
}

Time Clock::stamp(Time now) {
    const bool caught_up = wall_of(now) >= last_;
    last_ = std::max(last_ + smallest_step, wall_of(now));
    if (creeping_ && (caught_up || now - pairs_.back().now >= pair_distance)) {
        pairs_.push_back({last_, now});
        creeping_ = !caught_up;
    }
    return last_;
}

void Clock::observe(Time stamp) {
    last_ = std::max(last_, stamp);
}

Time Clock::origin(Time stamp) const {
    if (pairs_.empty()) {
        return stamp;
    }
    const auto behind = std::upper_bound(
        pairs_.begin(), pairs_.end(), stamp, [](Time s, const Pair& p) { return s < p.stamp; });
    if (behind == pairs_.begin()) {
        return serving_since_;
    }
    const Pair& pair = *std::prev(behind);
    return pair.now + (stamp - pair.stamp);
}

Duration Clock::ahead(Time now) const {
    return creeping_ ? std::max(last_ - wall_of(now), Duration{0}) : Duration{0};
}

}  // namespace taskbbs::core
