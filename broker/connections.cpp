// What libzmq calls for its connections, in place of the C library's own.
//
// accept: the listener of ipc ends the process where no file descriptor is left, and whatever
// strangers leave must do for the journal's files. So of the descriptors the last ones are kept,
// and who would get one of those is hung up on; and so is who is one too many.
//
// recv: libzmq does not tell what a connection sends that never becomes a message, and the system
// only does of tcp. So it is counted here.
#include "broker/connections.hpp"

#include "broker/received.hpp"
#include "broker/system.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <limits>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

// Of a connection, since it was accepted. Written by libzmq's thread that reads from it.
struct Counted {
    std::atomic<std::uint64_t> bytes;
    std::atomic<std::int64_t> at;  // seconds
};

// As many descriptors as the service may have; of those beyond nothing is known.
std::array<Counted, 65'536> counted;

Counted* counted_of(int descriptor) {
    const auto at = static_cast<std::size_t>(descriptor);
    return at < counted.size() ? &counted[at] : nullptr;
}

// To the tick of the kernel, and so a few nanoseconds.
std::int64_t coarse_seconds() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec;
}

void count(int descriptor, std::uint64_t bytes) {
    if (Counted* const one = counted_of(descriptor)) {
        one->bytes.store(bytes, std::memory_order_relaxed);
        one->at.store(coarse_seconds(), std::memory_order_relaxed);
    }
}

// Connections that were let in and are not known to be gone; and as many as may be.
std::atomic<std::size_t> let_in{0};
std::atomic<std::size_t> most{std::numeric_limits<std::size_t>::max()};

// Given up for a moment, so that there is a descriptor to hang up by. Whoever waits for a
// connection would else be told of it again and again.
std::atomic<int> spare{-1};

void keep_spare() {
    if (spare >= 0) {
        return;
    }
    int none = -1;
    const int opened = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (opened >= 0 && !spare.compare_exchange_strong(none, opened)) {
        close(opened);
    }
}

int raw_accept(int listener, sockaddr* peer, socklen_t* size, int flags) {
    return static_cast<int>(syscall(SYS_accept4, listener, peer, size, flags));
}

void hang_up_on_next(int listener) {
    if (const int held = spare.exchange(-1); held >= 0) {
        close(held);
        if (const int connection = raw_accept(listener, nullptr, nullptr, SOCK_CLOEXEC);
            connection >= 0) {
            close(connection);
        }
    }
    keep_spare();
}

// The lowest that is free is taken, so a high one says that few are left.
bool is_kept(int descriptor) {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    return static_cast<rlim_t>(descriptor) + taskbbs::broker::files_kept >= files.rlim_cur;
}

int accept_or_hang_up(int listener, sockaddr* peer, socklen_t* size, int flags) {
    keep_spare();
    const int connection = raw_accept(listener, peer, size, flags);
    if (connection >= 0 && (is_kept(connection) || let_in >= most)) {
        close(connection);
        errno = ECONNABORTED;
        return -1;
    }
    if (connection < 0 && (errno == EMFILE || errno == ENFILE)) {
        hang_up_on_next(listener);
        errno = ECONNABORTED;
    }
    if (connection >= 0) {
        ++let_in;
        count(connection, 0);
    }
    return connection;
}

}  // namespace

namespace taskbbs::broker {

void let_in_at_most(std::size_t connections) {
    most = connections;
}

void note_gone() {
    --let_in;
}

Received received_by(int descriptor) {
    const Counted* const one = counted_of(descriptor);
    return one == nullptr
               ? Received{}
               : Received{.bytes = one->bytes.load(std::memory_order_relaxed),
                          .quiet = std::chrono::seconds(coarse_seconds() -
                                                        one->at.load(std::memory_order_relaxed))};
}

}  // namespace taskbbs::broker

extern "C" int accept4(int listener, sockaddr* peer, socklen_t* size, int flags) {
    return accept_or_hang_up(listener, peer, size, flags);
}

extern "C" int accept(int listener, sockaddr* peer, socklen_t* size) {
    return accept_or_hang_up(listener, peer, size, 0);
}

// Named otherwise here: the C library's header has a body for its own name.
extern "C" ssize_t counted_recv(int descriptor,
                                void* buffer,
                                std::size_t size,
                                int flags) __asm__("recv");

extern "C" ssize_t counted_recv(int descriptor, void* buffer, std::size_t size, int flags) {
    const auto received = syscall(SYS_recvfrom, descriptor, buffer, size, flags, nullptr, nullptr);
    const Counted* const one = counted_of(descriptor);
    if (received > 0 && one != nullptr) {
        count(descriptor,
              one->bytes.load(std::memory_order_relaxed) + static_cast<std::uint64_t>(received));
    }
    return received;
}
