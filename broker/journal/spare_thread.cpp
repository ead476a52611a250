// A thread that does a step of Spares, then pauses.
#include "broker/journal/spare_thread.hpp"

#include "broker/journal/quiet_thread.hpp"

namespace taskbbs::journal {

SpareThread::SpareThread(Spares& spares) : spares_(&spares) {
    spares_->when_taken([this] { wake(); });
    thread_ = quiet_thread("journal-spares", [this] { run(); });
}

SpareThread::~SpareThread() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_one();
    thread_.join();
    spares_->when_taken({});
}

void SpareThread::wake() {
    {
        const std::lock_guard lock(mutex_);
        work_ = true;
    }
    changed_.notify_one();
}

void SpareThread::run() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        work_ = false;
        lock.unlock();
        const std::optional<std::chrono::microseconds> pause = spares_->step();
        lock.lock();
        if (pause && *pause <= Spares::slow_pause) {
            // Between two pieces: a spare that is taken meanwhile changes nothing.
            changed_.wait_for(lock, *pause, [this] { return stop_; });
        } else if (pause) {
            changed_.wait_for(lock, *pause, [this] { return stop_ || work_; });
        } else {
            changed_.wait(lock, [this] { return stop_ || work_; });
        }
    }
}

}  // namespace taskbbs::journal
