// Taking a snapshot: the newest one and the sealed segments behind it become another one, which is
// read back and must come to the state that the broker journaled. Done by a process of its own,
// beside a broker that serves: it reads what never changes any more, and writes one new file.
#pragma once

#include "broker/core/settings.hpp"
#include "broker/journal/disk.hpp"
#include "broker/journal/recovery.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>

namespace taskbbs::broker {

struct Snapshot {
    journal::Seq seq = 0;      // the last event in it
    journal::Seq before = 0;   // of the one before it; 0: none
    std::uint64_t bytes = 0;   // of the file
    std::uint64_t events = 0;  // that were replayed for it; 0: it was there
    std::uint64_t tasks = 0;
};

// Replay came to another state than the one that the broker was in: what was written is kept as
// `snap-<seq>.bad`, and nothing else was touched.
class StateMismatch : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// The newest snapshot, when it returns: the one that it took, or, where no segment was sealed since
// another one, that one (whoever took it may have been killed before it could say so). Nothing:
// there is none, and none to take. Throws StateMismatch, CorruptError, UnsupportedError,
// JournalError; whatever was written is removed then, or by the next start.
std::optional<Snapshot> take_snapshot(journal::Disk& disk,
                                      const core::Settings& settings,
                                      const journal::RecoveryOptions& options);

}  // namespace taskbbs::broker
