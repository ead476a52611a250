// What the tap is to do, as its environment says. Whoever starts a daemon with it sets:
//
//   LD_PRELOAD          this library
//   DISK_TAP_DIR        the state directory, as an absolute path without links
//   DISK_TAP_PAGE       a file of one page that the tap fills in (page.hpp)
//   DISK_TAP_SYNC_MS    how long each sync is held up before it is done
//   DISK_TAP_PUBLISH    late: what is durable is told one sync too late, to try those who read it
//   DISK_TAP_FAULT      eio, enospc, short (a write is done by half, and its rest finds no space)
//                       or lost (a sync fails and what was written to the file since the one before
//                       is gone); unset: none
//   DISK_TAP_CALL       which call has the fault: its number from 1, among those that can have it
//   DISK_TAP_IN         daemon, child (the snapshot's process) or both: whose calls are counted
#pragma once

#include <cstdint>
#include <string>

namespace disk_tap {

enum class Fault : std::uint8_t { none, eio, enospc, short_write, lost };

struct Settings {
    std::string directory;
    std::string page;
    unsigned sync_ms = 0;
    bool publish_late = false;
    Fault fault = Fault::none;
    std::uint64_t call = 0;   // 0: none
    bool counts_here = true;  // the calls of this process
    bool in_children = false;
};

// Of this process; read once.
const Settings& settings();

}  // namespace disk_tap
