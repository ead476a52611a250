// fork, exec, pipes and pidfd.
#include "cli/executor/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace taskbbs::cli {
namespace {

struct Pipe {
    Descriptor reading;
    Descriptor writing;
};

std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    // Ours does not block; the command's does, as commands expect.
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Pipe{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

// What the child needs, made before the fork: afterwards it may not allocate.
struct Plan {
    std::vector<char*> words;
    std::vector<char*> environment;
    sigset_t no_signals{};
    pid_t parent = 0;
    int null = -1;
    int out = -1;
    int err = -1;
};

// Between fork and exec, with other threads' locks in unknown states: system calls alone.
[[noreturn]] void become(const Plan& plan) {
    ::setpgid(0, 0);
    // Dies with the executor: what runs on after a crash would run beside its second attempt.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != plan.parent) {
        ::_exit(125);
    }
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &plan.no_signals, nullptr);
    ::dup2(plan.null, STDIN_FILENO);
    ::dup2(plan.out, STDOUT_FILENO);
    ::dup2(plan.err, STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    ::execve("/bin/sh", plan.words.data(), plan.environment.data());
    ::_exit(126);
}

// No handler of ours runs in the child before it is a shell: signals wait for become().
pid_t fork_quietly() {
    sigset_t all{};
    sigset_t before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid != 0) {
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    return pid;
}

std::string system_error(const char* what) {
    return fmt::format("cannot start a command: {}: {}", what, std::strerror(errno));
}

}  // namespace

void Capture::read() {
    std::array<char, 65'536> part{};
    for (int i = 0; i < 16 && reading_.number() >= 0; ++i) {
        const auto count = ::read(reading_.number(), part.data(), part.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno == EAGAIN) {
            return;
        }
        if (count <= 0) {
            reading_.close();
            return;
        }
        const auto room = std::min(bound_ - text_.size(), static_cast<std::size_t>(count));
        text_.append(part.data(), room);
        truncated_ = truncated_ || room < static_cast<std::size_t>(count);
    }
}

tl::expected<Process, std::string> Process::start(const std::string& command,
                                                  const std::string& guid,
                                                  std::size_t output_bound) {
    auto out = make_pipe();
    auto err = make_pipe();
    const Descriptor null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    if (!out || !err || null.number() < 0) {
        return tl::unexpected{system_error("pipe")};
    }
    std::string shell = "sh";
    std::string dash_c = "-c";
    std::string line = command;
    std::string named = fmt::format("TASKBBS_GUID={}", guid);
    Plan plan{.words = {shell.data(), dash_c.data(), line.data(), nullptr},
              .parent = ::getpid(),
              .null = null.number(),
              .out = out->writing.number(),
              .err = err->writing.number()};
    for (char** variable = environ; *variable != nullptr; ++variable) {
        plan.environment.push_back(*variable);
    }
    plan.environment.push_back(named.data());
    plan.environment.push_back(nullptr);
    ::sigemptyset(&plan.no_signals);

    const pid_t pid = fork_quietly();
    if (pid < 0) {
        return tl::unexpected{system_error("fork")};
    }
    if (pid == 0) {
        become(plan);
    }
    ::setpgid(pid, pid);  // whichever of the two is first, kill() finds the group
    // By hand: glibc 2.36 declares pidfd_open() without extern "C".
    Descriptor ended{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    Process process{pid,
                    std::move(ended),
                    Capture{std::move(out->reading), output_bound},
                    Capture{std::move(err->reading), output_bound}};
    if (process.ended_.number() < 0) {
        return tl::unexpected{system_error("pidfd_open")};
    }
    return process;
}

Process::Process(pid_t pid, Descriptor ended, Capture out, Capture err)
    : pid_(pid), ended_(std::move(ended)), out_(std::move(out)), err_(std::move(err)) {}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      ended_(std::move(other.ended_)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)) {}

Process::~Process() {
    if (pid_ > 0) {
        kill(SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

std::array<int, 3> Process::descriptors() const {
    return {ended_.number(), out_.descriptor(), err_.descriptor()};
}

std::optional<CommandResult> Process::serve() {
    out_.read();
    err_.read();
    siginfo_t info{};
    // Without reaping: until then nobody else can get this process group's number.
    const int asked = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
    if (asked != 0 || info.si_pid == 0) {
        return std::nullopt;
    }
    return reap();
}

CommandResult Process::reap() {
    kill(SIGKILL);
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    out_.read();
    err_.read();
    CommandResult result{
        .out = out_.text(), .err = err_.text(), .truncated = out_.truncated() || err_.truncated()};
    if (WIFSIGNALED(status)) {
        result.signal = WTERMSIG(status);
    } else {
        result.exit = WEXITSTATUS(status);
    }
    return result;
}

void Process::kill(int signal) {
    if (pid_ > 0) {
        ::kill(-pid_, signal);
    }
}

}  // namespace taskbbs::cli
