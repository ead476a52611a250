// Making segment files: zero-filled first, since a sync of bytes in a file that was filled before
// costs one flush of the disk and not a change of metadata besides; then named, with their header,
// at once.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/format.hpp"
#include "broker/journal/reserve.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace taskbbs::journal {

// Fills a new file with zeroes, a piece at a time.
class ZeroFill {
  public:
    // Creates `name`, takes the space. Throws JournalError; ENOSPC where there is none.
    ZeroFill(Disk& disk, const std::string& name, std::uint64_t bytes);

    // Fills one that has its `bytes` already, whatever they are.
    ZeroFill(std::unique_ptr<File> file, std::uint64_t bytes)
        : file_(std::move(file)), bytes_(bytes) {}

    // Writes the next `piece` bytes and sends them to the disk. False: all is filled.
    bool step(std::uint64_t piece);

    std::uint64_t filled() const { return filled_; }

    // When filled: durable from here on (the file, not its name).
    std::unique_ptr<File> finish();

  private:
    std::unique_ptr<File> file_;
    std::uint64_t bytes_;
    std::uint64_t filled_ = 0;
};

// The same at one go, with space from the reserve where the disk has none.
std::unique_ptr<File> create_zeroed(Disk& disk,
                                    Reserve& reserve,
                                    const std::string& name,
                                    std::uint64_t bytes);

// Gives `file`, so far called `name`, its header and its name as a segment; durable on return.
void publish_segment(Disk& disk, File& file, const std::string& name, const SegmentHeader& header);

}  // namespace taskbbs::journal
