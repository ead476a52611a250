// Where recovery begins: behind the newest snapshot that holds, or with the first event of all.
#pragma once

#include "broker/journal/recovery.hpp"
#include "broker/journal/snapshot_file.hpp"

#include <string>
#include <vector>

namespace taskbbs::journal {

// A snapshot that does not hold.
struct PassedOver {
    std::string name;
    std::string damage;
};

struct SnapshotChoice {
    StartingPoint from;
    std::uint64_t bytes = 0;  // of the snapshot that was loaded; 0: none was
    std::vector<PassedOver> bad;
};

// Hands over the rows of the newest of `snapshots` (their last seqs, ascending) that holds, by its
// checksums, its rows and its digest. Where none holds and the
// `segments` do not reach back to the first event, throws what the newest failed with. One that a
// later version wrote is passed over by none: throws UnsupportedError.
SnapshotChoice load_newest(Disk& disk,
                           const std::vector<Seq>& snapshots,
                           const std::vector<Seq>& segments,
                           const Visitor& visitor);

// Once it went well without those that were passed over: says so, and keeps them for people, under
// names that no recovery looks at. Throws JournalError.
void set_aside(Disk& disk, const std::vector<PassedOver>& snapshots, const Report& report);

// The segment `first_seq`, believing what its header says it follows on. Throws CorruptError,
// JournalError.
StartingPoint starting_at(Disk& disk, Seq first_seq);

// Where replay goes on behind a snapshot.
StartingPoint starting_behind(const SnapshotHeader& header);

// Hands over all rows of one snapshot. Throws CorruptError, UnsupportedError, JournalError.
SnapshotHeader load_snapshot(Disk& disk, const std::string& name, const Visitor& visitor);

}  // namespace taskbbs::journal
