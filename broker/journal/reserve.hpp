// The reserve: disk space held back in a file, for the day on which the disk is full. A segment
// that does not fit takes its space from it, so that what was begun can be finished while new work
// is refused.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/report.hpp"

#include <atomic>
#include <cstdint>
#include <string>

namespace taskbbs::journal {

// Thread-safe. Holds no lock.
class Reserve {
  public:
    // `bytes`: what is to be held; 0 for none, and then one that is there is removed by refill().
    // `disk` outlives it. No I/O yet.
    Reserve(Disk& disk, std::uint64_t bytes, Report report);

    // Takes the file that an earlier run left. Throws JournalError.
    void adopt();

    // Makes it whole if the disk has that much and `keep_free` bytes besides; so it never competes
    // with the segments. Failure is reported, once in a row, and no exception.
    void refill(std::uint64_t keep_free);

    // Gives `bytes` back to the disk, or what it has, and reports it. False: it holds nothing.
    // Throws JournalError.
    bool shrink(std::uint64_t bytes);

    std::uint64_t held() const { return held_; }

    bool whole() const { return held_ == bytes_; }

    bool disk_is_full() const { return disk_is_full_; }

  private:
    void resize();
    void grow();
    void report_once(const std::string& line);

    Disk* disk_;
    std::uint64_t bytes_;
    Report report_;
    std::atomic<std::uint64_t> held_ = 0;
    std::atomic<bool> disk_is_full_ = false;
    std::atomic<bool> reported_ = false;
};

// Does `work`, which takes `bytes` of disk; while that fails for lack of space, from the reserve.
// `work` begins anew each time. Throws JournalError.
template <typename Work>
auto with_space(Reserve& reserve, std::uint64_t bytes, Work work) {
    for (;;) {
        try {
            return work();
        } catch (const JournalError& error) {
            if (!error.out_of_space() || !reserve.shrink(bytes)) throw;
        }
    }
}

}  // namespace taskbbs::journal
