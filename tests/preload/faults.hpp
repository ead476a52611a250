// Which call fails, and how: the calls that can have the fault are counted, over all threads and
// processes, and the one with the number that was asked for has it, once. What goes on behind a
// short write finds no space, as on a disk that fills up.
#pragma once

#include "tests/preload/settings.hpp"

#include <cstdint>
#include <string_view>

namespace disk_tap {

enum class Kind : std::uint8_t {
    pwrite,
    pread,
    fdatasync,
    fsync,
    sync_file_range,
    fallocate,
    ftruncate,
    create,
    open,
    opendir,
    rename,
    unlink,
    flock,
    stat,
};

std::string_view name_of(Kind kind);

// Whether a call of this kind can have this fault: no space is a matter of those that take some.
bool can_have(Kind kind, Fault fault);

// Counts the call. Fault::none: it is to be done as it stands.
Fault fault_of(Kind kind, std::string_view file);

// The errno of a call that has the fault.
int error_of(Fault fault);

}  // namespace disk_tap
