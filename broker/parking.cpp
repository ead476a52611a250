// A list for each executor, and what all of them hold.
#include "broker/parking.hpp"

#include <utility>

namespace taskbbs::broker {

bool Parking::add(core::Slot executor, Parked parked) {
    const std::size_t bytes = parked.heartbeat.size();
    const bool is_too_long = bytes > few_bytes && bytes_ + bytes > most_bytes;
    const auto found = waiting_.find(executor);
    const std::size_t of_executor = found == waiting_.end() ? 0 : found->second.size();
    if (size_ == most || of_executor == most_of_executor || is_too_long) {
        return false;
    }
    waiting_[executor].push_back(std::move(parked));
    ++size_;
    bytes_ += bytes;
    return true;
}

std::vector<Parked> Parking::take(core::Slot executor) {
    auto taken = waiting_.extract(executor);
    if (taken.empty()) {
        return {};
    }
    for (const Parked& parked : taken.mapped()) {
        left(parked);
    }
    return std::move(taken.mapped());
}

}  // namespace taskbbs::broker
