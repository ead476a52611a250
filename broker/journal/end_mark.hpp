// The word in LOCK about where the journal ends.
//
// `reached`: everything up to there was synced. Written with each confirmation, and about once a
// second under load, without a sync of its own: so it may be an old one, and never says too much.
// A journal that ends before it is damaged.
//
// `stopped`: the last run stopped as asked, right there, and the sync of that end had succeeded.
// Where recovery finds another end, or no such word, the last segment can't be trusted to be on the
// disk as it reads.
//
// It is erased by what may lead to an end before it: a segment that takes the place of one without
// events, and a repair.
//
//     0       8      24          32       40      56     60
//     | magic | uuid | first seq | offset | chain | kind | crc32c |      kind: 0 stopped, 1 reached
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/format.hpp"

#include <optional>

namespace taskbbs::journal {

struct EndMark {
    enum class Kind : std::uint32_t { stopped, reached };

    Kind kind = Kind::stopped;
    Identity uuid{};
    Seq segment = 0;           // its first seq
    std::uint64_t offset = 0;  // in it, of the end
    Chain chain{};

    bool operator==(const EndMark&) const = default;
};

// Synced where it says `stopped`.
void write_end_mark(File& lock, const EndMark& mark);
// Durable on return.
void erase_end_mark(File& lock);
// Nothing: there is none, or it is damaged.
std::optional<EndMark> read_end_mark(File& lock);

}  // namespace taskbbs::journal
