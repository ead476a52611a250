// When a snapshot is due, with what priority, and what is not needed any more once there is one. A
// machine: it is told what was written and how a snapshot ended, and says what to do. Bytes count
// from the start of the process.
#pragma once

#include "broker/core/clock.hpp"
#include "broker/journal/recovery.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::broker {

class Snapshots {
  public:
    enum class Priority : std::uint8_t { low, urgent };

    struct Written {
        std::uint64_t sealed = 0;  // bytes of sealed segments
        std::uint64_t filled = 0;  // and of the one in use
    };

    struct Taken {
        journal::Seq seq = 0;
        std::uint64_t bytes = 0;
        journal::Seq before = 0;  // of the snapshot before it; 0: none
    };

    // `snapshot_bytes` as in the journal's settings.
    Snapshots(const journal::Recovered& recovered, std::uint64_t snapshot_bytes);

    // A snapshot is to be taken now, with this priority. The caller says started() and, when its
    // process has ended, ended().
    std::optional<Priority> due(const Written& written, core::Time now) const;
    // The one that is being taken falls behind: it is to be ended, and another one is due at once.
    bool falls_behind(const Written& written) const;

    void hurry() { hurried_ = true; }

    bool hurried() const { return hurried_; }

    void started(const Written& written, Priority priority);
    // Nothing: it failed, or was ended. It may as well have found one that was taken before, by a
    // process that was killed when it was done.
    void ended(std::optional<Taken> taken, core::Time now);

    bool under_way() const { return started_.has_value(); }

    // Journal that the newest snapshot does not stand for, and of how much the next one is due.
    std::uint64_t behind(const Written& written) const;
    std::uint64_t trigger() const;

    // Restarts need the events from here on.
    journal::Seq needed_from() const { return older_ + 1; }

    // Snapshots that are not needed any more, since the last call.
    std::vector<std::string> take_unneeded();

    const Taken& newest() const { return newest_; }

    std::uint64_t taken() const { return taken_; }

    std::uint64_t failed() const { return failed_; }

  private:
    struct Started {
        std::uint64_t sealed = 0;  // when it was
        Priority priority = Priority::low;
    };

    bool is_late(const Written& written) const;

    std::uint64_t snapshot_bytes_;
    Taken newest_;
    journal::Seq older_ = 0;
    std::vector<std::string> unneeded_;
    std::uint64_t sealed_before_;  // behind the newest snapshot when the process started
    std::uint64_t covered_ = 0;    // sealed bytes that the newest snapshot stands for
    std::optional<Started> started_;
    bool hurried_ = false;
    core::Time not_before_{};
    unsigned failures_ = 0;  // in a row
    std::uint64_t taken_ = 0;
    core::Time taken_at_{};  // the last one
    std::uint64_t failed_ = 0;
};

}  // namespace taskbbs::broker
