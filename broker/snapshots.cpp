// Counting what a snapshot would save.
#include "broker/snapshots.hpp"

#include "broker/journal/names.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::broker {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration first_pause = 100ms;  // after a failure; doubled with each in a row
constexpr core::Duration longest_pause = 10min;
// Where the next one is due that soon, one of low priority would fall behind.
constexpr core::Duration soon = 10s;

}  // namespace

Snapshots::Snapshots(const journal::Recovered& recovered, std::uint64_t snapshot_bytes)
    : snapshot_bytes_(snapshot_bytes),
      newest_{recovered.snapshot, recovered.snapshot_bytes},
      older_(recovered.older_snapshot),
      unneeded_(recovered.unneeded),
      sealed_before_(recovered.sealed) {}

std::uint64_t Snapshots::trigger() const {
    return std::max(snapshot_bytes_, newest_.bytes);
}

std::uint64_t Snapshots::behind(const Written& written) const {
    return sealed_before_ + written.filled - covered_;
}

bool Snapshots::is_late(const Written& written) const {
    return behind(written) > trigger() + trigger() / 4;
}

std::optional<Snapshots::Priority> Snapshots::due(const Written& written, core::Time now) const {
    const bool has_sealed = sealed_before_ + written.sealed > covered_;
    if (started_ || !has_sealed || now < not_before_ || behind(written) <= trigger()) {
        return std::nullopt;
    }
    const bool is_soon = taken_ > 0 && now - taken_at_ < soon;
    return hurried_ || is_soon || is_late(written) ? Priority::urgent : Priority::low;
}

bool Snapshots::falls_behind(const Written& written) const {
    return started_ && started_->priority == Priority::low && is_late(written);
}

void Snapshots::started(const Written& written, Priority priority) {
    started_ = {.sealed = sealed_before_ + written.sealed, .priority = priority};
}

void Snapshots::ended(std::optional<Taken> taken, core::Time now) {
    const Started started = *std::exchange(started_, std::nullopt);
    if (!taken) {
        if (hurried_ && started.priority == Priority::low) {
            return;
        }
        ++failed_;
        const core::Duration pause = first_pause * (1 << std::min(failures_++, 13U));
        not_before_ = now + std::min(pause, longest_pause);
        return;
    }
    ++taken_;
    taken_at_ = now;
    failures_ = 0;
    hurried_ = false;
    // It may have been made from one that nobody told of: its process was killed when it was done.
    for (const journal::Seq known : {older_, newest_.seq}) {
        if (known > 0 && known < taken->before) {
            unneeded_.push_back(journal::snapshot_name(known));
        }
    }
    older_ = taken->before;
    newest_ = *taken;
    covered_ = started.sealed;
}

std::vector<std::string> Snapshots::take_unneeded() {
    return std::exchange(unneeded_, {});
}

}  // namespace taskbbs::broker
