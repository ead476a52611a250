// Counting, and a deadline.
#include "broker/recovery_progress.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::broker {

RecoveryProgress::RecoveryProgress(protocol::Time began, std::uint64_t of_bytes)
    : began_(began), due_(began + patience), of_bytes_(of_bytes) {}

bool RecoveryProgress::read(std::uint64_t bytes, std::uint64_t events) {
    bytes_ += bytes;
    events_ += events;
    return bytes_ - asked_at_ >= step_bytes;
}

std::optional<RecoveryProgress::Word> RecoveryProgress::word(protocol::Time now) {
    asked_at_ = bytes_;
    if (now < due_) {
        return std::nullopt;
    }
    due_ = now + every;
    const std::uint64_t whole = std::max<std::uint64_t>(of_bytes_, 1);
    const double share = static_cast<double>(std::min(bytes_, whole)) / static_cast<double>(whole);
    return Word{
        .events = events_, .percent = static_cast<unsigned>(100 * share), .took = now - began_};
}

std::string RecoveryProgress::Word::status() const {
    return fmt::format("recovering: {} % of the journal, {} events", percent, events);
}

}  // namespace taskbbs::broker
