// A handler for both signals. What it does is safe in a handler; that it has state of the process's
// own is what signals are like.
#include "cli/batch/interrupts.hpp"

#include "cli/exit_code.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sys/eventfd.h>
#include <unistd.h>

namespace taskbbs::cli::batch {
namespace {

std::atomic<int> interrupts_seen{0};
std::atomic<int> interrupts_told{-1};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void take_interrupt(int /*signal*/) {
    if (interrupts_seen.fetch_add(1) > 0) {
        ::_exit(static_cast<int>(Exit::interrupted));
    }
    const int before = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto told = ::write(interrupts_told.load(), &one, sizeof one);
    errno = before;
}

}  // namespace

Interrupts::Interrupts() {
    interrupts_told = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (interrupts_told < 0) {
        std::abort();
    }

    struct sigaction action {};

    action.sa_handler = take_interrupt;
    action.sa_flags = SA_RESTART;
    ::sigfillset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

int Interrupts::descriptor() const {
    return interrupts_told.load();
}

bool Interrupts::came() const {
    return interrupts_seen.load() > 0;
}

}  // namespace taskbbs::cli::batch
