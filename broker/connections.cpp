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
#include "broker/unheard.hpp"

#include <algorithm>
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

using taskbbs::broker::Side;
using taskbbs::broker::Unheard;

// Of a connection, since it was accepted. Written by libzmq's thread that reads from it.
struct Counted {
    std::atomic<std::uint64_t> bytes;
    std::atomic<std::int64_t> at;     // seconds; of the last of them
    std::atomic<std::int64_t> since;  // 0: there is none
    // That thread's alone.
    Unheard unheard;
    Side side;
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

void count(Counted& one, std::uint64_t bytes) {
    one.bytes.store(bytes, std::memory_order_relaxed);
    one.at.store(coarse_seconds(), std::memory_order_relaxed);
}

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

// Connections that were let in and are not known to be gone.
std::atomic<std::uint64_t> present{0};
std::atomic<std::uint64_t> most_present{no_limit};

// Of those who send to one side.
struct Heard {
    // Numbers of Hearing's.
    std::atomic<std::uint64_t> begun{0};
    std::atomic<std::uint64_t> until{0};
    // What connections left that are gone; how much of that was received since; how much may not
    // be.
    std::atomic<std::uint64_t> left{0};
    std::atomic<std::uint64_t> left_heard{0};
    std::atomic<std::uint64_t> most_left{no_limit};
    // Each that is gone counts so much besides: where its end costs much, or something of it was
    // not heard.
    std::atomic<std::uint64_t> for_each{0};
    std::atomic<bool> is_end_costly{false};

    void note_gone(const Unheard& unheard) {
        const std::uint64_t bytes = unheard.bytes(until);
        if (bytes > 0 || is_end_costly) {
            // libzmq holds no more of one connection than may be left of all.
            left += std::min<std::uint64_t>(bytes, most_left) + for_each;
        }
    }

    bool has_too_much_left() const { return left - left_heard > most_left; }
};

std::array<Heard, 2> heard;
std::atomic<int> events_listener{-1};

Heard& heard_by(Side side) {
    return heard[static_cast<std::size_t>(side)];
}

Side side_of(int listener) {
    return listener == events_listener ? Side::events : Side::requests;
}

// Somebody else has this descriptor, so whoever was let in on it before is gone.
void end_counting(int descriptor) {
    if (Counted* const one = counted_of(descriptor); one != nullptr && one->since != 0) {
        heard_by(one->side).note_gone(one->unheard);
        one->unheard = {};
        one->since = 0;
    }
}

void begin_counting(int descriptor, Side side) {
    if (Counted* const one = counted_of(descriptor)) {
        one->side = side;
        count(*one, 0);
        one->since.store(one->at, std::memory_order_relaxed);
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
int fault_of(int connection, Side side) {
    return is_kept(connection) || present >= most_present ? ECONNABORTED
           : heard_by(side).has_too_much_left()           ? taskbbs::broker::held_off_error
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
    const Side side = side_of(listener);
    end_counting(connection);
    if (const int fault = fault_of(connection, side); fault != 0) {
        close(connection);
        errno = fault;
        return -1;
    }
    begin_counting(connection, side);
    ++present;
    return connection;
}

}  // namespace

namespace taskbbs::broker {

void limit_present(std::size_t connections) {
    most_present = connections;
}

void note_events_listener(int descriptor) {
    events_listener = descriptor;
}

void limit_left(Side side, LeftLimit limit) {
    heard_by(side).most_left = limit.bytes;
    heard_by(side).for_each = limit.bytes / limit.connections;
    heard_by(side).is_end_costly = limit.is_end_costly;
}

void note_gone() {
    --present;
}

std::uint64_t left_so_far(Side side) {
    return heard_by(side).left;
}

void note_hearing(Side side, const Hearing::Mark& begun, const Hearing::Mark& until) {
    Heard& of_side = heard_by(side);
    of_side.begun.store(begun.number, std::memory_order_release);
    of_side.until.store(until.number, std::memory_order_release);
    of_side.left_heard.store(until.left, std::memory_order_release);
}

Received received_by(int descriptor) {
    const Counted* const one = counted_of(descriptor);
    if (one == nullptr) {
        return {};
    }
    const std::int64_t now = coarse_seconds();
    return {.bytes = one->bytes.load(std::memory_order_relaxed),
            .quiet = std::chrono::seconds(now - one->at.load(std::memory_order_relaxed)),
            .age = std::chrono::seconds(now - one->since.load(std::memory_order_relaxed))};
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
    if (Counted* const one = counted_of(descriptor); one != nullptr && received > 0) {
        const auto bytes = static_cast<std::uint64_t>(received);
        count(*one, one->bytes.load(std::memory_order_relaxed) + bytes);
        const Heard& of_side = heard_by(one->side);
        one->unheard.add(bytes, of_side.begun, of_side.until);
    }
    return received;
}
