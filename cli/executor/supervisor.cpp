// Everything here is between fork and exec: system calls alone.
#include "cli/executor/supervisor.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace taskbbs::cli {
namespace {

void tell(int line, Told told) {
    ::send(line, &told, sizeof told, MSG_NOSIGNAL);
}

[[noreturn]] void become_command(const Plan& plan, pid_t supervisor) {
    ::setpgid(0, 0);
    // A supervisor that was killed can't see to anything; so much happens by itself.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != supervisor) {
        ::_exit(125);
    }
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    ::signal(SIGCHLD, SIG_DFL);
    sigset_t none{};
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(plan.in, STDIN_FILENO);
    ::dup2(plan.out, STDOUT_FILENO);
    ::dup2(plan.err, STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(plan.path, plan.words, plan.environment);
    tell(plan.line, {.what = Told::What::not_run, .value = errno});
    ::_exit(126);
}

// Its own outputs and the executor's descriptors would keep others waiting.
void keep_only(int line, int null) {
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        ::dup2(null, standard);
    }
    ::close_range(STDERR_FILENO + 1, static_cast<unsigned>(line) - 1, 0);
    ::close_range(static_cast<unsigned>(line) + 1, ~0U, 0);
}

// By the kernel's list of them: decimal numbers, with a space behind each. False where there is no
// such list.
bool kill_children() {
    const int list = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (list < 0) {
        return false;
    }
    std::array<char, 4096> part{};
    pid_t pid = 0;
    for (auto count = ::read(list, part.data(), part.size()); count > 0;
         count = ::read(list, part.data(), part.size())) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            if (part[i] >= '0' && part[i] <= '9') {
                pid = pid * 10 + (part[i] - '0');
            } else if (pid > 0) {
                ::kill(pid, SIGKILL);
                pid = 0;
            }
        }
    }
    ::close(list);
    return true;
}

// The group before the command is reaped: until then its number is nobody else's. Then those who
// had left the group; each that dies leaves its children to us. The command's status.
int clear(pid_t command) {
    ::kill(-command, SIGKILL);
    ::kill(command, SIGKILL);
    int status = 0;
    while (::waitpid(command, &status, 0) < 0 && errno == EINTR) {
    }
    while (kill_children() && (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR)) {
    }
    return status;
}

// Reaps what the command left to us. True once the command itself has ended.
bool has_ended(pid_t command) {
    for (;;) {
        siginfo_t info{};
        ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
        if (info.si_pid == 0 || info.si_pid == command) {
            return info.si_pid == command;
        }
        ::waitpid(info.si_pid, nullptr, 0);
    }
}

// What the executor asks for. False: it is gone, or wants the end of all.
bool pass_signals(int line, pid_t command) {
    std::int32_t number = 0;
    for (;;) {
        const auto count = ::recv(line, &number, sizeof number, MSG_DONTWAIT);
        if (count == sizeof number && number == SIGKILL) {
            return false;
        }
        if (count == sizeof number) {
            ::kill(-command, number);
        } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            return false;
        } else if (errno == EAGAIN) {
            return true;
        }
    }
}

}  // namespace

void supervise(const Plan& plan) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_NAME, "taskbbs-command");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::signal(SIGCHLD, SIG_DFL);
    const pid_t self = ::getpid();
    // fork() may take locks that another thread held.
    const pid_t command = ::_Fork();
    if (command == 0) {
        become_command(plan, self);
    }
    if (command < 0) {
        tell(plan.line, {.what = Told::What::not_run, .value = errno});
        ::_exit(1);
    }
    tell(plan.line, {.what = Told::What::started, .value = command});
    ::setpgid(command, command);  // whichever of the two is first, a signal finds the group
    const int line = plan.line;
    keep_only(line, plan.null);
    sigset_t child{};
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    const int children = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    std::array<pollfd, 2> polled{pollfd{.fd = line, .events = POLLIN, .revents = 0},
                                 pollfd{.fd = children, .events = POLLIN, .revents = 0}};
    while (!has_ended(command) && pass_signals(line, command)) {
        ::poll(polled.data(), polled.size(), children < 0 ? 100 : -1);
        signalfd_siginfo ignored{};
        [[maybe_unused]] const auto got = ::read(children, &ignored, sizeof ignored);
    }
    const int status = clear(command);
    tell(line, {.what = Told::What::ended, .value = status});
    ::_exit(0);
}

}  // namespace taskbbs::cli
