// eventfd(2), wrapped.
#include "broker/journal/event_fd.hpp"

#include "broker/journal/error.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace taskbbs::journal {

EventFd::EventFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) throw JournalError(errno, "eventfd", "");
}

EventFd::~EventFd() {
    ::close(fd_);
}

void EventFd::signal() const {
    const std::uint64_t one = 1;
    // It can't fail but at 2^64 - 1 signals that nobody cleared.
    static_cast<void>(::write(fd_, &one, sizeof one) == sizeof one);
}

void EventFd::clear() const {
    std::uint64_t count = 0;
    // Nothing to read: it is clear.
    static_cast<void>(::read(fd_, &count, sizeof count) == sizeof count);
}

}  // namespace taskbbs::journal
