// The page that the tap and the test share: a file that both have mapped. It outlives the daemon,
// is written by it and its children, and read while they run (tests/system/disk_tap.py).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace disk_tap {

struct Page {
    std::atomic<std::uint64_t> durable;  // the newest event whose sync has returned
    std::atomic<std::uint64_t> calls;    // counted so far: those that can have the fault
    std::atomic<std::uint64_t> hit;      // 1: the fault has happened; then `what` says where
    std::atomic<std::uint64_t> synced;   // syncs that have returned
    std::array<char, 224> what;          // "fdatasync seg-00000000000000000001", zero-padded
};

static_assert(sizeof(Page) == 256 && std::atomic<std::uint64_t>::is_always_lock_free);

// Of this process, mapped once. A page that can't be had ends the process.
Page& page();

// What `what` is to hold; cut to its size.
void say(Page& page, std::string_view call, std::string_view file);

}  // namespace disk_tap
