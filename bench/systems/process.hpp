// A server of the benchmark's own: started on a temporary directory and a free port, ended by pid,
// or with the benchmark where that is killed.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace taskbbs::bench {

// A fresh directory below `parent`, removed in the end with all that is in it.
class Directory {
  public:
    // Throws std::runtime_error.
    explicit Directory(const std::string& parent);
    ~Directory();
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// A port of the loopback interface that nobody had a moment ago. Throws std::runtime_error.
std::uint16_t free_port();

// Where `name` is: beside this program, in PATH, or in /usr/sbin. Empty: it is not installed.
std::string find_program(const std::string& name);

struct Command {
    std::vector<std::string> arguments;  // the program first, by its path
    std::string directory;               // where it runs, and writes what it says to `log`
    uid_t user = 0;                      // 0: this one
};

// In a child: asks for SIGTERM as soon as the thread of `parent` that forked it has ended. A change
// of user forgets it.
void end_with(pid_t parent);

// Runs it to its end; its exit code, 128 and more where a signal ended it.
int run_to_end(const Command& command);

class Process {
  public:
    explicit Process(const Command& command);
    // SIGTERM, or SIGKILL where that did not end it in 10 s.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // Waits until it accepts connections there. Throws std::runtime_error, with the end of what it
    // said, where it ends instead, or does not within 20 s.
    void await(const std::string& endpoint);

    pid_t pid() const { return pid_; }

    // CPU seconds of it and all its descendants, those that have ended included.
    double cpu_seconds() const;
    std::uint64_t resident_bytes() const;  // its own
    pid_t child() const;                   // of its first thread; 0: it has none

  private:
    std::string log_;
    pid_t pid_ = -1;
};

}  // namespace taskbbs::bench
