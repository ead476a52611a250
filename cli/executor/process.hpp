// One command under `sh -c`, in a process group of its own, with its outputs captured.
#pragma once

#include "cli/executor/capture.hpp"
#include "cli/packed_result.hpp"

#include <array>
#include <optional>
#include <string>
#include <sys/types.h>
#include <tl/expected.hpp>

namespace taskbbs::cli {

// The command ends with this object, and with the thread that started it (it is killed then); its
// standard input is empty. One thread at a time.
class Process {
  public:
    // `guid` is in its environment as TASKBBS_GUID. Up to `output_bound` bytes of each output are
    // kept. The error says why it could not start: no processes or descriptors left.
    static tl::expected<Process, std::string> start(const std::string& command,
                                                    const std::string& guid,
                                                    std::size_t output_bound);

    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    // Any of them readable: serve() has something to do. -1: closed.
    std::array<int, 3> descriptors() const;

    // Reads what was written. The result, once, when the shell has ended; what it left running in
    // its group is killed then. Never blocks.
    std::optional<CommandResult> serve();

    // To the whole group.
    void kill(int signal);

  private:
    Process(pid_t pid, Descriptor ended, Capture out, Capture err);
    CommandResult reap();

    pid_t pid_;  // 0: reaped
    Descriptor ended_;
    Capture out_;
    Capture err_;
};

}  // namespace taskbbs::cli
