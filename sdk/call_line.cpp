// One callback at a time, whatever runs them.
#include "sdk/call_line.hpp"

#include "sdk/finally.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace taskbbs::sdk {

struct [[gnu::visibility("hidden")]] CallLine::State {
    // Runs all that is there; where another thread is at it, that one goes on to what came.
    void step() {
        std::unique_lock lock(mutex);
        while (!is_running && !calls.empty()) {
            std::function<void()> call = std::move(calls.front());
            calls.pop_front();
            is_running = true;
            runner = std::this_thread::get_id();
            lock.unlock();
            // What it throws is its caller's affair.
            const Finally rest([this, &lock] {
                lock.lock();
                is_running = false;
                idle.notify_all();
            });
            call();
            call = {};
        }
    }

    std::mutex mutex;
    std::condition_variable idle;
    std::deque<std::function<void()>> calls;  // here and below: guarded by mutex
    bool is_closed = false;
    bool is_running = false;
    std::thread::id runner;
};

CallLine::CallLine(Post post) : post_(std::move(post)), state_(std::make_shared<State>()) {}

CallLine::~CallLine() {
    close();
}

void CallLine::run(std::function<void()> call) {
    if (!post_) {
        call();
        return;
    }
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->is_closed) {
            return;
        }
        state_->calls.push_back(std::move(call));
    }
    post_([state = state_] { state->step(); });
}

void CallLine::close() {
    std::deque<std::function<void()>> dropped;
    std::unique_lock lock(state_->mutex);
    state_->is_closed = true;
    dropped.swap(state_->calls);
    if (state_->runner != std::this_thread::get_id()) {
        state_->idle.wait(lock, [this] { return !state_->is_running; });
    }
}

}  // namespace taskbbs::sdk
