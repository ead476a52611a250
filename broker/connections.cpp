// What libzmq calls for its connections, in place of the C library's own.
//
// accept: the listener of ipc ends the process where no file descriptor is left, and whatever
// strangers leave must do for the journal's files. So of the descriptors the last ones are kept,
// and who would get one of those is hung up on; and so is who is one too many.
//
// recv: libzmq does not tell what a connection sends that never becomes a message, and the system
// only does of tcp. So it is counted here.
//
// libzmq calls both on one thread, which is the only one that writes what is counted.
#include "broker/connections.hpp"

#include "broker/received.hpp"
#include "broker/system.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <limits>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Of a connection, since it was accepted. Written by libzmq's thread that reads from it.
struct Counted {
    std::atomic<std::uint64_t> bytes;
    std::atomic<nanoseconds> at;  // of the last of them
};

// As many descriptors as the service may have; of those beyond nothing is known.
std::array<Counted, 65'536> counted;

Counted* counted_of(int descriptor) {
    const auto at = static_cast<std::size_t>(descriptor);
    return at < counted.size() ? &counted[at] : nullptr;
}

// As of the last tick of the kernel: that takes a few nanoseconds.
nanoseconds coarse_time() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

constexpr nanoseconds tick = 10ms;  // at most

void count(int descriptor, std::uint64_t bytes) {
    if (Counted* const one = counted_of(descriptor)) {
        one->bytes.store(bytes, std::memory_order_relaxed);
        one->at.store(coarse_time(), std::memory_order_relaxed);
    }
}

// Connections that were let in; those of them that are not known to be gone; and as many as may be.
std::atomic<std::uint64_t> let_in{0};
std::atomic<std::uint64_t> present{0};
std::atomic<std::uint64_t> most_present{std::numeric_limits<std::uint64_t>::max()};

// Bytes of connections that are gone, of which none was known to be received when that was found;
// as much of that as is by now; and as much as may not be.
std::atomic<std::uint64_t> left{0};
std::atomic<std::uint64_t> left_heard{0};
std::atomic<std::uint64_t> most_left{std::numeric_limits<std::uint64_t>::max()};
std::atomic<nanoseconds> heard_at{};

// Whoever had this descriptor before is gone.
void leave(int descriptor) {
    if (Counted* const one = counted_of(descriptor);
        one != nullptr && one->at.load() + tick >= heard_at.load()) {
        left += one->bytes.exchange(0);
    }
}

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

// Why it is not let in, as an error; 0: it is.
int fault_of(int connection) {
    return is_kept(connection) || present >= most_present ? ECONNABORTED
           : left - left_heard > most_left                ? taskbbs::broker::held_off_error
                                                          : 0;
}

int accept_or_hang_up(int listener, sockaddr* peer, socklen_t* size, int flags) {
    keep_spare();
    const int connection = raw_accept(listener, peer, size, flags);
    if (connection < 0) {
        if (errno == EMFILE || errno == ENFILE) {
            hang_up_on_next(listener);
            errno = ECONNABORTED;
        }
        return -1;
    }
    leave(connection);
    if (const int fault = fault_of(connection); fault != 0) {
        close(connection);
        errno = fault;
        return -1;
    }
    ++let_in;
    ++present;
    count(connection, 0);
    return connection;
}

}  // namespace

namespace taskbbs::broker {

void let_in_at_most(std::size_t connections) {
    most_present = connections;
}

void leave_at_most(std::uint64_t bytes) {
    most_left = bytes;
}

void note_gone() {
    --present;
}

Crowd crowd() {
    return {.let_in = let_in, .present = present, .left = left, .as_of = coarse_time()};
}

std::uint64_t let_in_so_far() {
    return let_in.load(std::memory_order_relaxed);
}

void note_heard(const Crowd& by_then) {
    left_heard.store(by_then.left, std::memory_order_release);
    heard_at.store(by_then.as_of, std::memory_order_release);
}

Received received_by(int descriptor) {
    const Counted* const one = counted_of(descriptor);
    return one == nullptr ? Received{}
                          : Received{.bytes = one->bytes.load(std::memory_order_relaxed),
                                     .quiet = std::chrono::duration_cast<std::chrono::seconds>(
                                         coarse_time() - one->at.load(std::memory_order_relaxed))};
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
