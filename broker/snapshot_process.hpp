// The process that takes a snapshot, seen from the broker: this very program, started anew
// (`taskbbsd journal snapshot`), which says on its standard output what came of it. Used by the
// loop alone; nothing here waits for it but the destructor, which ends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace taskbbs::broker {

// What it says when it is done, for printf and scanf: the last event in the newest snapshot, which
// it took or found, the last one in the snapshot before that, its bytes.
inline constexpr const char* snapshot_line = "snapshot seq=%ld before=%ld bytes=%lu";

class SnapshotProcess {
  public:
    // Starts it. Throws std::system_error.
    SnapshotProcess(const std::string& directory, bool low_priority);
    // Ends it, whatever it was doing: what it has written is removed by the next one.
    ~SnapshotProcess();
    SnapshotProcess(const SnapshotProcess&) = delete;
    SnapshotProcess& operator=(const SnapshotProcess&) = delete;

    void kill() const;

    struct Ended {
        int status = 0;    // 0: done; else its exit code, or 128 + the signal
        std::string said;  // one line
    };

    // Nothing: it is still at work. Ask after SIGCHLD.
    std::optional<Ended> take_ended();

  private:
    pid_t pid_ = -1;
    int output_ = -1;
};

}  // namespace taskbbs::broker
