// The process of a snapshot: begun, hurried, heard out.
#include "broker/snapshot_care.hpp"

#include "broker/daemon.hpp"

#include <csignal>
#include <cstdio>
#include <system_error>

namespace taskbbs::broker {

void SnapshotCare::look(const Snapshots::Written& written, core::Time now) {
    if (process_ && snapshots_.falls_behind(written)) {
        snapshots_.hurry();
        process_->kill();
    }
    const auto priority = snapshots_.due(written, now);
    if (!priority) {
        return;
    }
    snapshots_.started(written, *priority);
    try {
        process_.emplace(directory_, *priority == Snapshots::Priority::low);
        began_ = now;
    } catch (const std::system_error& error) {
        note({.status = 1, .said = error.what()}, now);
    }
}

bool SnapshotCare::take_ended(core::Time now) {
    const auto ended = process_ ? process_->take_ended() : std::nullopt;
    if (!ended) {
        return false;
    }
    process_.reset();
    note(*ended, now);
    return true;
}

void SnapshotCare::note(const SnapshotProcess::Ended& ended, core::Time now) {
    Snapshots::Taken taken;
    const bool done =
        ended.status == 0 &&
        std::sscanf(ended.said.c_str(), snapshot_line, &taken.seq, &taken.before, &taken.bytes) ==
            3;
    const bool hurried = ended.status == 128 + SIGKILL && snapshots_.hurried();
    snapshots_.ended(done ? std::optional(taken) : std::nullopt, now);
    const auto says = std::string_view(ended.said);
    const core::Duration took = now - began_;
    if (done) {
        taken_at_ = now;
        took_ = took;
        log_.info("snapshot_taken", {{"says", says}, {"ms", to_ms(took)}});
    } else if (hurried) {
        log_.info("snapshot_hurried", {{"ms", to_ms(took)}});
    } else if (ended.status == static_cast<int>(Exit::mismatch)) {
        log_.error("snapshot_mismatch", {{"says", says}});
    } else {
        log_.warn("snapshot_failed", {{"status", ended.status}, {"says", says}});
    }
}

}  // namespace taskbbs::broker
