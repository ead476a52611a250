// Growing and shrinking the file that holds the space.
#include "broker/journal/reserve.hpp"

#include "broker/journal/names.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::journal {

namespace {

const std::string name(reserve_name);

}  // namespace

Reserve::Reserve(Disk& disk, std::uint64_t bytes, Report report)
    : disk_(&disk), bytes_(bytes), report_(std::move(report)) {}

void Reserve::adopt() {
    const std::vector<std::string> files = disk_->list();
    if (std::ranges::find(files, name) == files.end()) return;
    held_ = disk_->open_to_read(name)->size();
}

void Reserve::refill(std::uint64_t keep_free) {
    if (whole()) return;
    try {
        const std::uint64_t held = held_;
        if (held < bytes_ && disk_->free_bytes() < bytes_ - held + keep_free) {
            disk_is_full_ = true;
            report_once(fmt::format(
                "the disk is too full to hold back journal.reserve_bytes: {} of {} are held",
                held,
                bytes_));
            return;
        }
        resize();
        disk_is_full_ = false;
        reported_ = false;
    } catch (const JournalError& error) {
        disk_is_full_ = disk_is_full_ || error.out_of_space();
        report_once(fmt::format("no disk space is held back: {}", error.what()));
    }
}

void Reserve::report_once(const std::string& line) {
    if (!reported_.exchange(true)) say(report_, line);
}

void Reserve::resize() {
    if (bytes_ == 0) {
        disk_->remove(name);
    } else if (held_ > bytes_) {
        disk_->open_to_write(name)->truncate(bytes_);
    } else {
        grow();
    }
    held_ = bytes_;
}

void Reserve::grow() {
    const std::unique_ptr<File> file =
        held_ == 0 ? disk_->create(name) : disk_->open_to_write(name);
    try {
        file->allocate(bytes_);
    } catch (const JournalError&) {
        file->truncate(held_);  // a part of it may have been taken
        throw;
    }
}

bool Reserve::shrink(std::uint64_t bytes) {
    const std::uint64_t held = held_;
    if (held == 0) return false;
    const std::uint64_t left = held > bytes ? held - bytes : 0;
    if (left == 0) {
        disk_->remove(name);
    } else {
        disk_->open_to_write(name)->truncate(left);
    }
    held_ = left;
    disk_is_full_ = true;
    say(report_,
        fmt::format("the disk is full: {} bytes were taken from the reserve, {} are left",
                    held - left,
                    left));
    return true;
}

}  // namespace taskbbs::journal
