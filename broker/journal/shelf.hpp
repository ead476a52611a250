// The segments that history reads from: which there are, which of them are offered, and a few of
// them open.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/indexed_segment.hpp"
#include "broker/journal/report.hpp"
#include "broker/journal/settings.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace taskbbs::journal {

class Shelf {
  public:
    // Open at once, the one in use besides: an index takes about 20 bytes an event.
    static constexpr std::size_t max_open = 4;

    Shelf(Disk& disk, const Settings& settings, Report report);

    // Finds what was written since, up to `up_to`: segments that were sealed, and new ones. Ends
    // after about `budget` bytes; false: there is more. Throws JournalError, CorruptError.
    bool catch_up(Seq up_to, std::uint64_t budget);

    // Goes on with the indexes that were missing when the shelf was listed, the newest first, by
    // about `budget` bytes. False: there is more. Throws JournalError, CorruptError.
    bool index_older(Seq up_to, std::uint64_t budget);

    // The first event that is offered. A segment is offered until the one after it is older than
    // retain_for, and as long as it and all later ones take no more than retain_bytes and a quarter
    // of the disk; the one in use always is.
    Seq oldest(protocol::Time now) const;

    // Lets go of the segments that end before `needed_from` and are not offered any more: nothing
    // here reads them again. Returns their first seqs, ascending. Throws JournalError,
    // CorruptError.
    std::vector<Seq> retire(Seq needed_from, protocol::Time now);

    // The segment that holds `seq`, or would: indexed, open until other ones were asked for. Throws
    // JournalError, CorruptError.
    IndexedSegment& holding(Seq seq, Seq up_to);

  private:
    struct Listed {
        Seq first_seq = 0;
        std::uint64_t bytes = 0;
        protocol::Time created_at{};
    };

    struct Open {
        Seq first_seq = 0;
        std::unique_ptr<IndexedSegment> segment;
    };

    void list();
    void add(Seq first_seq);
    void hide_up_to(Seq first_seq, const CorruptError& damage);
    bool advance_live(Seq up_to, std::uint64_t budget);
    IndexedSegment& open(Seq first_seq);

    Disk* disk_;
    std::chrono::milliseconds retain_for_;
    std::uint64_t retain_bytes_;
    Report report_;
    bool listed_ = false;
    std::vector<Listed> segments_;          // ascending; the last is the one in use
    std::vector<Seq> hidden_;               // before these, up to one that is damaged
    std::vector<Seq> unindexed_;            // of the others, ascending
    std::unique_ptr<IndexedSegment> live_;  // of it
    std::vector<Open> open_;                // of the others, the latest asked for last
};

}  // namespace taskbbs::journal
