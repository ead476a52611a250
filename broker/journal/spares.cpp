// Filling a spare piece by piece, handing it over, making one at once where there is none.
#include "broker/journal/spares.hpp"

#include "broker/journal/names.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::journal {

Spares::Spares(Disk& disk, Reserve& reserve, std::uint64_t segment_bytes, Report report)
    : disk_(&disk), reserve_(&reserve), segment_bytes_(segment_bytes), report_(std::move(report)) {}

void Spares::adopt() {
    std::optional<std::string> found;
    for (const std::string& name : disk_->list()) {
        const std::optional<std::uint64_t> number = parse_spare_name(name);
        if (!number) continue;
        next_number_ = std::max(next_number_, *number + 1);
        if (!found && disk_->open_to_read(name)->size() == segment_bytes_) {
            found = name;
        } else {
            disk_->remove(name);
        }
    }
    const std::lock_guard lock(mutex_);
    ready_ = std::move(found);
}

std::optional<std::chrono::microseconds> Spares::step() {
    try {
        return fill();
    } catch (const JournalError& error) {
        give_up(error);
        return retry_pause;
    }
}

std::optional<std::chrono::microseconds> Spares::fill() {
    if (!filling_ && is_ready()) return look_after_reserve();
    if (!filling_) {
        reserve_->refill(2 * segment_bytes_);
        begin();
    }
    if (!filling_->step(piece_bytes)) finish();
    return pause();
}

std::optional<std::chrono::microseconds> Spares::look_after_reserve() {
    if (reserve_->whole()) return std::nullopt;
    reserve_->refill(2 * segment_bytes_);
    if (reserve_->whole()) return std::nullopt;
    return retry_pause;
}

void Spares::begin() {
    name_ = spare_name(next_number_++);
    with_space(*reserve_, segment_bytes_, [this] {
        filling_ = std::make_unique<ZeroFill>(*disk_, temporary_name(name_), segment_bytes_);
    });
}

void Spares::finish() {
    const std::unique_ptr<File> file = filling_->finish();
    filling_.reset();
    // Only a filled file that is durable is called a spare.
    disk_->rename(temporary_name(name_), name_);
    reported_ = false;
    const std::lock_guard lock(mutex_);
    ready_ = name_;
}

void Spares::give_up(const JournalError& error) {
    filling_.reset();
    if (!reported_) say(report_, fmt::format("no spare segment yet: {}", error.what()));
    reported_ = true;
    try {
        disk_->remove(temporary_name(name_));
    } catch (const JournalError&) {
        // It is removed at the next start.
        return;
    }
}

std::optional<std::string> Spares::take() {
    std::optional<std::string> taken;
    {
        const std::lock_guard lock(mutex_);
        taken = std::exchange(ready_, std::nullopt);
        pause_ = taken ? std::min(pause_ * 2, slowest_pause) : std::max(pause_ / 2, fastest_pause);
    }
    if (wake_) wake_();
    return taken;
}

bool Spares::is_ready() const {
    const std::lock_guard lock(mutex_);
    return ready_.has_value();
}

std::chrono::microseconds Spares::pause() const {
    const std::lock_guard lock(mutex_);
    return pause_;
}

}  // namespace taskbbs::journal
