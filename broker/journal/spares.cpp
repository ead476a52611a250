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
    if (const std::optional<std::string> unneeded = next_unneeded()) {
        remove(*unneeded);
        return pause();
    }
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
    if (const std::optional<std::string> retired = next_retired()) {
        if (parse_segment_name(*retired) && reuse(*retired)) return;
        remove(*retired);
    }
    with_space(*reserve_, segment_bytes_, [this] {
        filling_ = std::make_unique<ZeroFill>(*disk_, temporary_name(name_), segment_bytes_);
    });
}

std::optional<std::string> Spares::next_retired() const {
    const std::lock_guard lock(mutex_);
    return retired_.empty() ? std::nullopt : std::optional(retired_.front());
}

// What is retired goes at once, whatever is being filled, but for the last, which may be the spare
// that is made next.
std::optional<std::string> Spares::next_unneeded() const {
    const std::lock_guard lock(mutex_);
    const bool one_is_kept = filling_ || !ready_;
    return retired_.size() > (one_is_kept ? 1 : 0) ? std::optional(retired_.front()) : std::nullopt;
}

void Spares::drop_retired() {
    const std::lock_guard lock(mutex_);
    retired_.pop_front();
}

// Null: a backup may be reading, as far as can be told.
std::unique_ptr<File> Spares::lock_backups_out() {
    try {
        return disk_->lock(std::string(backup_lock_name));
    } catch (const JournalError&) {
        return nullptr;
    }
}

// False: it has another size, or a backup may be reading it. One that begins later finds no segment
// of this name any more.
bool Spares::reuse(const std::string& segment) {
    const std::unique_ptr<File> no_backup = lock_backups_out();
    if (!no_backup || disk_->open_to_read(segment)->size() != segment_bytes_) return false;
    disk_->rename(segment, temporary_name(name_));
    drop_retired();
    disk_->sync_directory();
    filling_ =
        std::make_unique<ZeroFill>(disk_->open_to_write(temporary_name(name_)), segment_bytes_);
    return true;
}

// What can't be removed now is found by the next start.
void Spares::remove(const std::string& name) {
    drop_retired();
    disk_->remove(name);
    disk_->sync_directory();
}

void Spares::recycle(std::vector<std::string> names) {
    {
        const std::lock_guard lock(mutex_);
        retired_.insert(retired_.end(), names.begin(), names.end());
    }
    look_again();
}

void Spares::look_again() {
    if (wake_) wake_();
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
    }
    note_filled(0);
    look_again();
    return taken;
}

bool Spares::is_ready() const {
    const std::lock_guard lock(mutex_);
    return ready_.has_value();
}

std::chrono::microseconds Spares::pause() const {
    const bool is_late = filling_ && filling_->filled() < 2 * in_use_;
    return is_late ? fast_pause : slow_pause;
}

}  // namespace taskbbs::journal
