// posix_spawn, a pipe, waitpid.
#include "broker/snapshot_process.hpp"

#include "broker/log_line.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

constexpr const char* this_program = "/proc/self/exe";

// The child begins with no signal blocked or ignored: it does not inherit what the loop waits for.
class Attributes {
  public:
    Attributes() {
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigemptyset(&none);
        sigset_t all;
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }

    ~Attributes() { posix_spawnattr_destroy(&attributes_); }

    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_;
};

class StandardOutput {
  public:
    explicit StandardOutput(int fd) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, fd, STDOUT_FILENO);
    }

    ~StandardOutput() { posix_spawn_file_actions_destroy(&actions_); }

    StandardOutput(const StandardOutput&) = delete;
    StandardOutput& operator=(const StandardOutput&) = delete;

    const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_;
};

int status_of(int wait_status) {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

}  // namespace

SnapshotProcess::SnapshotProcess(const std::string& directory, bool low_priority) {
    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    std::array<std::string, 9> words{"taskbbsd",
                                     "journal",
                                     "snapshot",
                                     "--config",
                                     "/dev/null",
                                     "--journal.dir",
                                     directory,
                                     "--for-broker",
                                     low_priority ? "low" : "urgent"};
    std::array<char*, words.size() + 1> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        arguments[i] = words[i].data();
    }
    std::array<char*, 1> environment{};
    const Attributes attributes;
    const StandardOutput output(pipe_ends[1]);
    const int error = posix_spawn(
        &pid_, this_program, output.get(), attributes.get(), arguments.data(), environment.data());
    close(pipe_ends[1]);
    output_ = pipe_ends[0];
    if (error != 0) {
        close(output_);
        throw std::system_error(error, std::generic_category(), "posix_spawn");
    }
}

SnapshotProcess::~SnapshotProcess() {
    if (pid_ > 0) {
        kill();
        waitpid(pid_, nullptr, 0);
    }
    close(output_);
}

void SnapshotProcess::kill() const {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
    }
}

std::optional<SnapshotProcess::Ended> SnapshotProcess::take_ended() {
    int wait_status = 0;
    if (pid_ <= 0 || waitpid(pid_, &wait_status, WNOHANG) != pid_) {
        return std::nullopt;
    }
    pid_ = -1;
    Ended ended{.status = status_of(wait_status)};
    std::array<char, max_log_text + 1> line{};  // one more, so that the log says where it cuts
    const ssize_t bytes = read(output_, line.data(), line.size());  // its other end is closed
    if (bytes > 0) {
        ended.said.assign(line.data(), static_cast<std::size_t>(bytes));
        ended.said.erase(ended.said.find_last_not_of('\n') + 1);
    }
    return ended;
}

}  // namespace taskbbs::broker
