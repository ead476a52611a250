// The word that the last run left in LOCK when it stopped as asked: the journal ends here, and the
// sync of that end had succeeded before this was written. Where recovery finds another end, or no
// word, the last segment can't be trusted to be on the disk as it reads; an end before it is
// damage. The next batch makes it untrue: the end is behind it then. It is erased only by what may
// lead to an end before it: a segment that takes the place of one without events, and a repair.
//
//     0       8      24          32       40      56   60
//     | magic | uuid | first seq | offset | chain | 0  | crc32c |
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/format.hpp"

#include <optional>

namespace taskbbs::journal {

struct CleanStop {
    Identity uuid{};
    Seq segment = 0;           // the newest: its first seq
    std::uint64_t offset = 0;  // in it, of the end
    Chain chain{};

    bool operator==(const CleanStop&) const = default;
};

// Written and synced.
void write_clean_stop(File& lock, const CleanStop& stop);
// Durable on return.
void erase_clean_stop(File& lock);
// Nothing: there is none, or it is damaged.
std::optional<CleanStop> read_clean_stop(File& lock);

}  // namespace taskbbs::journal
