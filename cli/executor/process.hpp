// One command, in a process group of its own, with its input given and its outputs captured.
#pragma once

#include "cli/executor/capture.hpp"
#include "cli/executor/ending.hpp"
#include "cli/executor/program.hpp"

#include <array>
#include <optional>
#include <string>
#include <sys/types.h>
#include <tl/expected.hpp>

namespace taskbbs::cli {

// The command ends with this object, and with this process, with all that it has started: see
// supervisor.hpp. One thread at a time.
class Process {
  public:
    // `guid` is in its environment as TASKBBS_GUID. What is kept of its outputs is bounded. The
    // error says why it could not start: no processes, descriptors or memory left.
    static tl::expected<Process, std::string> start(const Program& program,
                                                    const std::string& guid,
                                                    Bound out_bound,
                                                    Bound err_bound);

    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    // Any of them readable: serve() has something to do. -1: closed.
    std::array<int, 3> descriptors() const;

    // Reads what was written. The ending, once, when the command has ended and what it left running
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
    pid_t group_ = 0;             // of the command, once it is known
    bool over_ = false;           // it wrote more than it may, and was killed for that
    std::optional<int> not_run_;  // errno
    std::optional<int> status_;   // as of wait()
};

}  // namespace taskbbs::cli
