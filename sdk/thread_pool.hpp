// The threads on which an executor runs its tasks, where it was given no other place.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace taskbbs::sdk {

class ThreadPool {
  public:
    ThreadPool() = default;
    // Runs what was posted and waits for it.
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;
    ThreadPool(ThreadPool&&) = delete;
    ThreadPool& operator=(ThreadPool&&) = delete;

    // Starts another thread where all are busy and there are fewer than `most`. Throws
    // std::system_error where not even one thread can be had.
    void post(std::function<void()> job, std::size_t most);

  private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;  // here and below: guarded by mutex_
    std::size_t idle_ = 0;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace taskbbs::sdk
