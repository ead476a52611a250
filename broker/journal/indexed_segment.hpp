// A segment with its index, opened for history: the sealed ones from the index file (built anew
// where it is missing or damaged), the one in use by reading on in it.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/page_builder.hpp"
#include "broker/journal/report.hpp"
#include "broker/journal/segment_index.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace taskbbs::journal {

class IndexedSegment {
  public:
    // Opens it, and takes over its index file if that is whole. Throws JournalError, CorruptError.
    IndexedSegment(Disk& disk, Seq first_seq, Report report);

    // Indexes what is durable up to `up_to` and not yet indexed, and writes the index file when
    // that comes to the seal. Ends after about `budget` bytes; false: there is more. Throws
    // JournalError, CorruptError.
    bool catch_up(Seq up_to, std::uint64_t budget);

    // All of it is indexed.
    bool is_sealed() const { return sealed_; }

    // Behind the last event that is indexed.
    Seq next_seq() const { return index_.next_seq(); }

    // Bytes read to load or build the index since this was last asked.
    std::uint64_t take_bytes_indexed() { return std::exchange(bytes_indexed_, 0); }

    // Adds to `page` what it asks for, beginning behind page.next(), up to its up_to or the end of
    // what is indexed. Throws JournalError, CorruptError.
    void read(PageBuilder& page);

  private:
    void load_index(Seq first_seq);
    void save_index(const ReadBatch& seal) const;
    void read_all(PageBuilder& page, Seq last);
    void read_some(PageBuilder& page, const std::vector<Seq>& seqs, Seq last);
    bool read_one(PageBuilder& page, Seq seq);
    [[noreturn]] void refuse(std::uint64_t offset, const char* what) const;

    Disk* disk_;
    Report report_;
    std::string name_;
    std::unique_ptr<File> file_;
    SegmentHeader header_;
    BatchReader reader_;
    SegmentIndex index_;
    std::uint64_t offset_ = segment_header_bytes;  // of the next batch to index
    bool sealed_ = false;
    std::uint64_t bytes_indexed_ = 0;
};

}  // namespace taskbbs::journal
