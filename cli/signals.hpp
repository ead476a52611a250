// Sets of signals, to be blocked or waited for.
#pragma once

#include <csignal>
#include <initializer_list>

namespace taskbbs::cli {

inline ::sigset_t signal_set(std::initializer_list<int> signals) {
    ::sigset_t set{};
    ::sigemptyset(&set);
    for (const int signal : signals) {
        ::sigaddset(&set, signal);
    }
    return set;
}

// What asks a command to stop.
inline ::sigset_t stopping_signals() {
    return signal_set({SIGINT, SIGTERM});
}

}  // namespace taskbbs::cli
