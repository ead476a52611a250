// Thin names for system calls.
#include "broker/system.hpp"

#include <csignal>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::broker {

namespace {

core::Duration read_clock(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

core::Time boot_time() {
    return core::Time{read_clock(CLOCK_BOOTTIME)};
}

core::Duration work_time() {
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

core::Time wall_time() {
    return std::chrono::time_point_cast<core::Duration>(std::chrono::system_clock::now());
}

std::string system_name() {
    utsname names{};
    uname(&names);
    return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

void go_first_out_of_memory() {
    if (std::FILE* const file = std::fopen("/proc/self/oom_score_adj", "w")) {
        std::fputs("500", file);
        std::fclose(file);
    }
}

std::size_t raise_file_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

std::uint64_t resident_bytes() {
    std::uint64_t size = 0;
    std::uint64_t resident = 0;  // in pages
    std::ifstream("/proc/self/statm") >> size >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Signals::Signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) {
        sigaddset(&signals, signal);
    }
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    fd_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

Signals::~Signals() {
    close(fd_);
}

int Signals::take() const {
    signalfd_siginfo info{};
    return read(fd_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

bool Signals::stop_waits() const {
    sigset_t waiting;
    sigpending(&waiting);
    return sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1;
}

}  // namespace taskbbs::broker
