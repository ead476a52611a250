// The writer: the one machine that appends to the journal. It knows where the next batch goes,
// makes it durable there with one write and one sync, and turns to a new segment when one is full.
//
// The order of things at the turn is what recovery relies on: the successor, with its header and
// its name, is durable before the predecessor is sealed, and the seal is durable before the
// successor gets its first batch.
#pragma once

#include "broker/journal/batch.hpp"
#include "broker/journal/disk.hpp"
#include "broker/journal/end_mark.hpp"
#include "broker/journal/recovery.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/settings.hpp"
#include "broker/journal/spares.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace taskbbs::journal {

// Used by one thread at a time. After a JournalError it is dead: every later call throws the same
// again, since what the failed call left on the disk can't be known.
class Writer {
  public:
    struct Counters {
        std::uint64_t syncs = 0;    // of segments
        std::uint64_t batches = 0;  // committed, empty ones included, seals not
        std::uint64_t bytes = 0;    // written to segments, padding and headers included
        std::uint64_t sealed = 0;   // bytes of the segments that were sealed
        std::uint64_t filled = 0;   // the same, and of the one in use what is written
    };

    // Where recovery ended, and the lock that it took. `disk`, `reserve`, `spares` outlive it. No
    // I/O but opening the segment. Throws JournalError.
    Writer(Disk& disk,
           Reserve& reserve,
           Spares& spares,
           const Settings& settings,
           Recovered recovered);

    // Writes and syncs the batch: it is durable on return. Its first seq follows on the last one.
    // Throws JournalError.
    void commit(Batch& batch);
    // commit() would need no new segment for it.
    bool fits(const Batch& batch) const;

    // The clean stop: confirms what is not yet confirmed and says so in LOCK. Nothing may be
    // committed afterwards. Throws JournalError.
    void close();

    // The number that the next event gets; all before it are durable.
    Seq next_seq() const { return tail_.next_seq; }

    const Tail& tail() const { return tail_; }

    const Counters& counters() const { return counters_; }

  private:
    bool fits(std::uint64_t padded_bytes) const;
    void write(Batch& batch);
    void turn(std::uint64_t padded_bytes, protocol::Time now);
    std::unique_ptr<File> make_segment(const SegmentHeader& header);
    void seal(File& file);
    void mark_end(EndMark::Kind kind);
    void sync(File& file);

    template <typename Work>
    void unless_dead(Work work);

    Disk* disk_;
    Reserve* reserve_;
    Spares* spares_;
    Sync sync_;
    std::uint64_t segment_bytes_;
    std::string writer_;
    std::unique_ptr<File> lock_;
    Tail tail_;
    std::unique_ptr<File> file_;
    protocol::Time marked_at_{};  // when LOCK was told what was reached
    Counters counters_;
    std::optional<JournalError> dead_;
};

}  // namespace taskbbs::journal
