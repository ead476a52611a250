// Waits until a descriptor is readable, for tests of the threads.
#pragma once

#include <poll.h>

namespace taskbbs::journal {

// False: not within ten seconds.
inline bool becomes_readable(int fd) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 10'000) == 1;
}

inline bool is_readable(int fd) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 0) == 1;
}

}  // namespace taskbbs::journal
