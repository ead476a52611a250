// What goes to systemd's journal as fields: an entry in its native protocol, and the socket that
// takes it. libsystemd's own call waits where the journal's queue is full, and reports success
// where there is no journal: the broker does neither.
#pragma once

#include "broker/log_line.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace taskbbs::broker {

// MESSAGE, the line as text; PRIORITY; SYSLOG_IDENTIFIER; MESSAGE_ID where the event has one;
// TASKBBS_EVENT; and TASKBBS_<NAME> for each field, its text cut like a line's but not quoted.
std::string journald_entry(Level level, std::string_view event, std::span<const Field> fields);

// Used by several threads at once.
class Journald {
  public:
    explicit Journald(std::string socket = "/run/systemd/journal/socket");
    ~Journald();
    Journald(const Journald&) = delete;
    Journald& operator=(const Journald&) = delete;

    enum class Sent : std::uint8_t {
        taken,
        full,     // the journal does not keep up: the entry is lost
        missing,  // nobody reads there
    };

    // Never waits.
    Sent send(const std::string& entry) const;

  private:
    std::string socket_;
    int fd_ = -1;
};

}  // namespace taskbbs::broker
