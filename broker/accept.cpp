// What libzmq's listeners call for the next connection, in place of the C library's own: the
// listener of ipc ends the process where no file descriptor is left, and whatever strangers leave
// must do for the journal's files. So of the descriptors the last ones are kept, and who would get
// one of those is hung up on.
#include "broker/system.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

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
    if (connection >= 0 && is_kept(connection)) {
        close(connection);
        errno = ECONNABORTED;
        return -1;
    }
    if (connection < 0 && (errno == EMFILE || errno == ENFILE)) {
        hang_up_on_next(listener);
        errno = ECONNABORTED;
    }
    return connection;
}

}  // namespace

extern "C" int accept4(int listener, sockaddr* peer, socklen_t* size, int flags) {
    return accept_or_hang_up(listener, peer, size, flags);
}

extern "C" int accept(int listener, sockaddr* peer, socklen_t* size) {
    return accept_or_hang_up(listener, peer, size, 0);
}
