// A thread that takes no signals: they are the main thread's, and none of them may interrupt a
// sync.
#pragma once

#include <csignal>
#include <pthread.h>
#include <thread>
#include <utility>

namespace taskbbs::journal {

template <typename Work>
std::thread quiet_thread(const char* name, Work work) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(work));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_setname_np(thread.native_handle(), name);
    return thread;
}

}  // namespace taskbbs::journal
