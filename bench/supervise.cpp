// What the worker leaves running becomes this process's child, since it is a subreaper.
#include "bench/supervise.hpp"

#include "bench/systems/process.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace taskbbs::bench {

namespace {

using namespace std::chrono_literals;

// Signals that are waited for instead of being suffered.
class Awaited {
  public:
    Awaited() {
        sigemptyset(&signals_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
            sigaddset(&signals_, signal);
        }
        sigprocmask(SIG_BLOCK, &signals_, &before_);
    }

    ~Awaited() { suffer(); }

    Awaited(const Awaited&) = delete;
    Awaited& operator=(const Awaited&) = delete;

    int next() const { return sigwaitinfo(&signals_, nullptr); }

    void suffer() const { sigprocmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t signals_{};
    sigset_t before_{};
};

int await(pid_t worker, const Awaited& signals) {
    for (;;) {
        const int signal = signals.next();
        if (signal == SIGCHLD) {
            int status = 0;
            if (waitpid(worker, &status, WNOHANG) == worker) {
                constexpr int signalled = 128;
                return WIFEXITED(status) ? WEXITSTATUS(status) : signalled + WTERMSIG(status);
            }
        } else if (signal > 0) {
            kill(worker, signal);
        }
    }
}

void tell_children(int signal) {
    std::ifstream children(fmt::format("/proc/self/task/{}/children", getpid()));
    for (pid_t child = 0; children >> child;) {
        kill(child, signal);
    }
}

// Is there none any more?
bool reap_children() {
    pid_t ended = 0;
    do {
        ended = waitpid(-1, nullptr, WNOHANG);
    } while (ended > 0);
    return ended < 0;
}

void end_children() {
    constexpr int patience = 1000;
    for (int i = 0; !reap_children(); ++i) {
        if (i == 0 || i >= patience) {
            tell_children(i == 0 ? SIGTERM : SIGKILL);
        }
        std::this_thread::sleep_for(10ms);
    }
}

}  // namespace

int supervise(const std::string& parent,
              const std::function<int(const std::string& directory)>& work) {
    const Directory directory(parent);
    // A server that runs as another user has its own directory below.
    constexpr mode_t passable = 0711;
    chmod(directory.path().c_str(), passable);
    const Awaited signals;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t self = getpid();
    const pid_t worker = fork();
    if (worker < 0) {
        throw std::runtime_error("cannot fork");
    }
    if (worker == 0) {
        end_with(self);
        signals.suffer();
        std::exit(work(directory.path()));  // NOLINT(concurrency-mt-unsafe): `work` has ended
    }
    const int status = await(worker, signals);
    end_children();
    return status;
}

}  // namespace taskbbs::bench
