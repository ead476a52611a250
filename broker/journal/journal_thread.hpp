// The journal's thread: writes and syncs one batch while the loop fills the next. Thin: Writer
// decides, this carries batches there and back.
//
// All methods are called by one thread, the loop. A failure is final: take_completed() throws it,
// the batch in flight never comes back, and the process is to end (exit code 74).
#pragma once

#include "broker/journal/batch.hpp"
#include "broker/journal/recovery.hpp"
#include "broker/journal/settings.hpp"
#include "broker/journal/sync_times.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace taskbbs::journal {

class JournalThread {
  public:
    // Takes over from recovery, the lock included. `disk` outlives it.
    JournalThread(Disk& disk, const Settings& settings, Recovered recovered, const Report& report);
    // Waits for the batch in flight; says nothing about a clean stop (stop() does).
    ~JournalThread();
    JournalThread(const JournalThread&) = delete;
    JournalThread& operator=(const JournalThread&) = delete;

    // Gives a batch to the thread. At most one is in flight: not while busy() (aborts). Its first
    // seq is next_seq() of recovery, or the one after the last batch.
    void submit(std::unique_ptr<Batch> batch);

    // A batch was submitted and take_completed() has not returned it yet.
    bool busy() const { return in_flight_; }

    // Readable when take_completed() has something to say: level-triggered, for a poll set.
    int fd() const;
    // The batch that was submitted, now durable; null if it is not yet. Throws JournalError.
    std::unique_ptr<Batch> take_completed();

    // Where nothing is in flight: writes and syncs `batch` on the calling thread, which saves two
    // thread switches when there is nobody else to serve meanwhile. Durable on true. False: it
    // needs a new segment, nothing was done, submit it. Throws JournalError. Not while busy().
    bool commit_here(Batch& batch);

    // The clean stop: waits for the batch in flight (which is lost to take_completed()), confirms
    // what was written, says in LOCK that all is well and ends the thread. Throws JournalError.
    // Nothing may be submitted afterwards.
    void stop();

    // Counters since the start, readable at any time: syncs of segments, batches, bytes written.
    std::uint64_t syncs() const;
    std::uint64_t batches() const;
    std::uint64_t bytes_written() const;
    // How long batches took lately to be written and synced.
    SyncTimes sync_times() const;
    // The same of all batches since the start.
    metrics::SyncHistogram sync_histogram() const;
    // Bytes of the segments that were sealed since the start; and with what is written in the one
    // in use.
    std::uint64_t sealed_bytes() const;
    std::uint64_t filled_bytes() const;
    // Files that nobody needs any more, the oldest first: segments become spares, or are removed as
    // all others are.
    void recycle(std::vector<std::string> names);
    // Grows with each step that the thread completes: it stands still while busy() only where the
    // disk hangs.
    std::uint64_t progress() const;
    // Of reserve_bytes, how much is held back at the moment.
    std::uint64_t reserve_held() const;
    // The disk has no room for the reserve to be whole: the time to take no new work (`read_only`).
    // False again once it has.
    bool disk_is_full() const;

  private:
    class Machinery;
    std::unique_ptr<Machinery> machinery_;
    bool in_flight_ = false;
};

}  // namespace taskbbs::journal
