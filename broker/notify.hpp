// What the service manager is told (sd_notify(3)): ready, stopping, one line of status, signs of
// life. All of it does nothing where no service manager listens (no NOTIFY_SOCKET).
#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace taskbbs::broker {

// Both sockets are bound and the journal is recovered. `status`: one line for `systemctl status`.
void notify_ready(std::string_view status);
// Options are being read anew; notify_ready() says that this is over.
void notify_reloading();
void notify_status(std::string_view status);
// Not ready yet: `status`, and another `extension` from now on before the service manager gives up,
// beyond TimeoutStartSec= as well.
void notify_starting(std::string_view status, std::chrono::microseconds extension);
void notify_stopping();
void notify_alive();

// How often the service manager wants a sign of life (WATCHDOG_USEC), nothing where it wants none.
std::optional<std::chrono::microseconds> watchdog_interval();

// Says when to send a sign of life. It is owed by work, not by a timer: a loop that spins while the
// journal thread hangs in a sync must be found out, and so must the reverse. Pure; the caller
// sends.
class Watchdog {
  public:
    // Counters that only grow.
    struct Progress {
        std::uint64_t turns = 0;          // of the loop
        std::uint64_t batches_given = 0;  // to the journal
        std::uint64_t batches_done = 0;   // by the journal; <= batches_given
    };

    // Asks for a beat each third of `interval`, so that one may come late.
    Watchdog(std::chrono::microseconds interval, protocol::Time now);

    // Whether to beat now: a third of the interval has passed since the last beat, and since then
    // the loop turned and the journal finished a batch, or had nothing to finish when that beat was
    // sent. What hangs is so found at the latest one and two thirds of the interval after it began.
    bool beat(protocol::Time now, const Progress& progress);

    // When beat() has something to say again: part of the loop's poll timeout. Where a beat was
    // withheld, a third of the interval after it.
    protocol::Time due() const { return due_; }

  private:
    protocol::Duration every_;
    protocol::Time due_;
    Progress last_;  // as of the last beat
};

}  // namespace taskbbs::broker
