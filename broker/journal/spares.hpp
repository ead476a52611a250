// Spare segments: one zero-filled file is made ahead in small pieces, slowly enough not to hold up
// the syncs of the segment in use, so that the writer turns to a new segment without waiting for
// it. It is made of a segment that was retired where there is one. What else is no longer needed is
// removed, and the reserve kept whole, by the same steps.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/segment_file.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::journal {

// A machine: step() works, whoever drives it keeps the pauses (SpareThread in life). step() is
// called by one thread, take() by another one.
class Spares {
  public:
    // Small pieces: one's writeback is what a sync may have to wait for.
    static constexpr std::uint64_t piece_bytes = 256 << 10;
    // Between two pieces: 64 MiB/s, as long as that is in time (note_filled); 512 MiB/s otherwise.
    static constexpr std::chrono::microseconds slow_pause{4000};
    static constexpr std::chrono::microseconds fast_pause{500};
    // After a failure, and between two looks at a reserve that is not whole.
    static constexpr std::chrono::seconds retry_pause{1};

    // `disk` and `reserve` outlive it. No I/O yet.
    Spares(Disk& disk, Reserve& reserve, std::uint64_t segment_bytes, Report report);

    // At start: keeps one spare of the right size, removes the others. Throws JournalError.
    void adopt();

    // Does the next piece. Returns how long to wait before the next one: nothing to do until a
    // spare is taken where that is nothing. Failures are reported, and tried again later: the
    // writer is not hurt before it finds no spare and can't make a segment itself.
    std::optional<std::chrono::microseconds> step();

    // So much of the segment in use is filled. The next spare keeps twice as far ahead of that, and
    // is whole when the segment is half full: a writer that found none would have to fill one
    // itself, for as long as that takes. Any thread.
    void note_filled(std::uint64_t bytes) { in_use_ = bytes; }

    // A filled, durable file of segment_bytes, if there is one, by name. It is the caller's now.
    std::optional<std::string> take();

    // Files that are not needed any more, the oldest first. They go one by one, each durably, so
    // that a crash never leaves a gap between those that are left.
    void recycle(std::vector<std::string> names);

    // There may be work for step(): the reserve, say, was taken from.
    void look_again();

    // Called by take(), recycle() and look_again(), at their end.
    void when_taken(std::function<void()> wake) { wake_ = std::move(wake); }

  private:
    std::optional<std::chrono::microseconds> fill();
    std::optional<std::chrono::microseconds> look_after_reserve();
    void begin();
    std::optional<std::string> next_retired() const;
    std::optional<std::string> next_unneeded() const;
    void drop_retired();
    std::unique_ptr<File> lock_backups_out();
    bool reuse(const std::string& segment);
    void remove(const std::string& name);
    void finish();
    void give_up(const JournalError& error);
    bool is_ready() const;
    std::chrono::microseconds pause() const;

    Disk* disk_;
    Reserve* reserve_;
    std::uint64_t segment_bytes_;
    Report report_;
    std::function<void()> wake_;

    // Of step()'s thread.
    std::unique_ptr<ZeroFill> filling_;
    std::string name_;  // what it becomes
    std::uint64_t next_number_ = 1;
    bool reported_ = false;

    std::atomic<std::uint64_t> in_use_ = 0;

    mutable std::mutex mutex_;  // for what follows; never held during I/O
    std::optional<std::string> ready_;
    std::deque<std::string> retired_;
};

}  // namespace taskbbs::journal
