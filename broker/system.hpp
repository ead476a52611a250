// What the daemon asks the operating system for: clocks, signals, the limit of open files.
#pragma once

#include "broker/core/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace taskbbs::broker {

// Advances while the machine sleeps, and never steps.
core::Time boot_time();
core::Time wall_time();
// What this thread has worked: a step's length whatever else the machine was doing.
core::Duration work_time();

// "Linux 6.1.0-18-amd64 x86_64"
std::string system_name();

// Where memory is short this process goes before the broker does. What can't be raised stays as it
// is.
void go_first_out_of_memory();

// Of the file descriptors, those that no connection gets: they are for the journal's files.
inline constexpr std::size_t files_kept = 64;

// As far as this user may; how many files may be open then.
std::size_t raise_file_limit();
// What this process holds of the machine's memory; 0 where it is not told.
std::uint64_t resident_bytes();

// SIGTERM, SIGINT, SIGHUP and SIGCHLD, blocked and to be polled for instead: one that comes before
// somebody polls waits. Must be made before any thread that should not get them.
class Signals {
  public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    int fd() const { return fd_; }

    // The next one that came; 0: none.
    int take() const;
    // Whether SIGTERM or SIGINT is among those to be taken; none is.
    bool stop_waits() const;

  private:
    int fd_ = -1;
};

}  // namespace taskbbs::broker
