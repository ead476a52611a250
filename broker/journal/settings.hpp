// What an operator chooses about the journal: section [journal] of the configuration, checked
// there.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace taskbbs::journal {

// `never` skips every sync: for tests and tmpfs only. A crash of the machine then loses
// acknowledged events; a crash of the process alone does not.
enum class Sync : std::uint8_t { always, never };

struct Settings {
    // Must exist and be writable; one broker at a time (file LOCK).
    std::string dir = "/var/lib/taskbbs";
    Sync sync = Sync::always;  // obeyed by the disk: PosixDisk(dir, sync)
    // Bytes of a segment file; >= 2 x limits.batch_bytes, so that a batch of its own size is rare.
    // Rounded up to 4 KiB.
    std::uint64_t segment_bytes = 64ULL << 20;
    // Disk space held back for when the disk is full. 0: none.
    std::uint64_t reserve_bytes = 256ULL << 20;

    // Of these, the bytes of the file `reserve`: where they are several segments, the spare one is
    // a part of them.
    std::uint64_t reserve_file_bytes() const {
        return reserve_bytes >= 4 * segment_bytes ? reserve_bytes - segment_bytes : reserve_bytes;
    }

    // Journal behind the newest snapshot before the next one is taken, or as much as that one has.
    std::uint64_t snapshot_bytes = 256ULL << 20;
    // How long, and how many bytes of segments at most (and never more than a quarter of the disk),
    // `replay` offers. Both count whole segments.
    std::chrono::milliseconds retain_for = std::chrono::hours(24);
    std::uint64_t retain_bytes = 20ULL << 30;
};

}  // namespace taskbbs::journal
