// One command under `sh -c`, in a process group of its own, with its outputs captured.
#pragma once

#include "cli/executor/capture.hpp"
#include "cli/executor/ending.hpp"

#include <array>
#include <optional>
#include <string>
#include <sys/types.h>
#include <tl/expected.hpp>

namespace taskbbs::cli {

// The command ends with this object, and with this process, with all that it has started: see
// supervisor.hpp. Its standard input is empty. One thread at a time.
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

    // Reads what was written. The ending, once, when the shell has ended and what it left running
    // was killed; also where the system would not run it (too long for a command line). Never
    // blocks.
    std::optional<Ending> serve();

    // To the whole group.
    void kill(int signal);

  private:
    Process(pid_t supervisor, Descriptor line, Capture out, Capture err);
    bool listen();
    Ending reap();

    pid_t supervisor_;  // 0: reaped
    Descriptor line_;
    Capture out_;
    Capture err_;
    std::optional<int> not_run_;  // errno
    std::optional<int> status_;   // as of wait()
};

}  // namespace taskbbs::cli
