// What recovery does after a stop that was no clean one, once it knows that nothing acknowledged is
// damaged. Each step can be repeated, and a crash between any two leaves what the next recovery
// mends.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/replay.hpp"
#include "broker/journal/reserve.hpp"

#include <string>

namespace taskbbs::journal {

// Keeps the bytes [begin, end) of `segment` in a new file beside it, durably. Returns its name.
std::string keep_torn(Disk& disk,
                      Reserve& reserve,
                      const std::string& segment,
                      std::uint64_t begin,
                      std::uint64_t end);

// Puts a fresh copy of the last segment, up to tail.offset and zeroes behind, in its place: after a
// failed sync the page cache may show what the disk does not hold, and never writes it again.
void copy_valid_part(Disk& disk, Reserve& reserve, const Tail& tail);

// Writes the seal, for the first time or once more.
void write_seal(Disk& disk, const Seal& seal, const Tail& tail);

}  // namespace taskbbs::journal
