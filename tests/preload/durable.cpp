// The few fields of a header that say which events a batch holds.
#include "tests/preload/durable.hpp"

#include "tests/preload/page.hpp"
#include "tests/preload/settings.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace disk_tap {

namespace {

constexpr std::uint64_t block_bytes = 4096;
constexpr std::string_view magic("TASKBBS\n", 8);
constexpr std::size_t segment_mark_at = 88;
constexpr std::size_t batch_count_at = 20;
constexpr std::size_t batch_first_at = 40;

template <class Number>
Number number_at(std::string_view bytes, std::size_t offset) {
    Number number{};
    std::memcpy(&number, bytes.data() + offset, sizeof number);
    return number;
}

void raise(std::atomic<std::uint64_t>& to, std::uint64_t value) {
    std::uint64_t before = to;
    while (before < value && !to.compare_exchange_weak(before, value)) {
    }
}

}  // namespace

void Durable::learn(std::string_view header) {
    if (header.size() < block_bytes || !header.starts_with(magic)) return;
    const std::lock_guard lock(mutex_);
    mark_ = number_at<std::uint64_t>(header, segment_mark_at);
}

// A batch begins on a block; recovery copies several at once. No other block begins with the mark.
void Durable::written(const std::string& file, std::uint64_t offset, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (!mark_ || offset % block_bytes != 0) return;
    std::uint64_t& newest = newest_[file];
    for (; bytes.size() >= block_bytes; bytes.remove_prefix(block_bytes)) {
        if (number_at<std::uint64_t>(bytes, 0) != *mark_) continue;
        const auto count = number_at<std::uint32_t>(bytes, batch_count_at);
        const auto first = number_at<std::uint64_t>(bytes, batch_first_at);
        newest = std::max(newest, first + count - 1);
    }
}

std::uint64_t Durable::newest_in(const std::string& file) const {
    const std::lock_guard lock(mutex_);
    const auto found = newest_.find(file);
    return found == newest_.end() ? 0 : found->second;
}

void Durable::synced(std::uint64_t newest) {
    const std::lock_guard lock(mutex_);
    if (settings().publish_late) newest = std::exchange(held_back_, newest);
    raise(page().durable, newest);
    ++page().synced;
}

}  // namespace disk_tap
