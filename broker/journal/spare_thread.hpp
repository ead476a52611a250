// Drives Spares: a step, a pause.
#pragma once

#include "broker/journal/spares.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace taskbbs::journal {

class SpareThread {
  public:
    // `spares` outlives it.
    explicit SpareThread(Spares& spares);
    // Ends the step in work; a half-made spare is removed at the next start.
    ~SpareThread();
    SpareThread(const SpareThread&) = delete;
    SpareThread& operator=(const SpareThread&) = delete;

  private:
    void run();
    void wake();

    Spares* spares_;
    std::mutex mutex_;  // for what follows
    std::condition_variable changed_;
    bool work_ = true;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace taskbbs::journal
