// What stands between the executor and a command: a forked process of a few lines that starts the
// command, passes signals on to its group, and sees to it that nothing of it is left, neither when
// the command ends nor when the executor dies, in whatever way. It is the command's parent and
// adopts what the command leaves behind, so it finds even those that went into a session of their
// own.
//
//     executor <== line ==> supervisor --> command --> ...
//
// The line is a SOCK_SEQPACKET pair. Down: the number of a signal, an int. Up: a Told. The
// executor's end closes: everything is killed. The supervisor's end closes without `ended`: it was
// killed itself; the executor kills the command's group then.
#pragma once

#include <cstdint>
#include <sys/types.h>

namespace taskbbs::cli {

struct Told {
    enum class What : std::int32_t {
        started,  // `value` is the number of the command and of its group
        not_run,  // `value` is the errno of exec
        ended,    // `value` is the command's status as of wait(); nothing of it runs any more
    };
    What what = What::ended;
    std::int32_t value = 0;
};

// What it needs, made before the fork: afterwards nothing may be allocated.
struct Plan {
    const char* path = nullptr;          // of the executable
    char* const* words = nullptr;        // its argv
    char* const* environment = nullptr;  // of the command
    int line = -1;                       // the supervisor's end; all descriptors are above 2
    int null = -1;                       // /dev/null, for the supervisor itself
    int in = -1;                         // here and below: of the command
    int out = -1;
    int err = -1;
};

// Runs in the child of a fork, with other threads' locks in unknown states: makes system calls and
// nothing else. All signals must be blocked; the command gets them unblocked.
[[noreturn]] void supervise(const Plan& plan);

}  // namespace taskbbs::cli
