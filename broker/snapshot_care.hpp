// Sees that snapshots are taken when they are due (broker/snapshots), by a process beside the
// broker (broker/snapshot_process), and says in the log what became of each. The loop's.
#pragma once

#include "broker/log.hpp"
#include "broker/snapshot_process.hpp"
#include "broker/snapshots.hpp"

#include <optional>
#include <string>

namespace taskbbs::broker {

class SnapshotCare {
  public:
    // `directory`: the state directory. The log outlives it.
    SnapshotCare(std::string directory, Snapshots snapshots, Log& log)
        : directory_(std::move(directory)), snapshots_(std::move(snapshots)), log_(log) {}

    // Begins what is due; ends one that falls behind what is written, so that it is done anew in a
    // hurry.
    void look(const Snapshots::Written& written, core::Time now);

    // A child has ended (SIGCHLD): true if it was a snapshot's.
    bool take_ended(core::Time now);

    // Ends one that is under way.
    void stop() { process_.reset(); }

    Snapshots& snapshots() { return snapshots_; }

    const Snapshots& snapshots() const { return snapshots_; }

    // The last one that succeeded in this run: when, and how long it took. Nothing: there is none.
    std::optional<core::Time> taken_at() const { return taken_at_; }

    std::optional<core::Duration> took() const { return took_; }

  private:
    void note(const SnapshotProcess::Ended& ended, core::Time now);

    std::string directory_;
    Snapshots snapshots_;
    Log& log_;
    std::optional<SnapshotProcess> process_;
    core::Time began_{};
    std::optional<core::Time> taken_at_;
    std::optional<core::Duration> took_;
};

}  // namespace taskbbs::broker
