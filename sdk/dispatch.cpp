// The queue behind one descriptor.
#include "taskbbs/dispatch.hpp"

#include "sdk/socket.hpp"

#include <deque>
#include <mutex>
#include <utility>

namespace taskbbs {

class [[gnu::visibility("hidden")]] Queue::State {
  public:
    bool usable() const { return wakeup_.usable(); }

    int fd() const { return wakeup_.fd(); }

    void post(std::function<void()> call) {
        const std::lock_guard lock(mutex_);
        if (!closed_) {
            calls_.push_back(std::move(call));
            wakeup_.signal();
        }
    }

    std::size_t dispatch() {
        std::size_t count = waiting();
        std::size_t ran = 0;
        for (; count > 0; --count) {
            if (const std::function<void()> call = take()) {
                ++ran;
                call();
            }
        }
        return ran;
    }

    void close() {
        std::deque<std::function<void()>> dropped;  // what they own may post
        const std::lock_guard lock(mutex_);
        closed_ = true;
        dropped.swap(calls_);
    }

  private:
    std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return calls_.size();
    }

    // Readable stays what is readable: cleared only with the last one.
    std::function<void()> take() {
        const std::lock_guard lock(mutex_);
        if (calls_.empty()) {
            return {};
        }
        std::function<void()> call = std::move(calls_.front());
        calls_.pop_front();
        if (calls_.empty()) {
            wakeup_.clear();
        }
        return call;
    }

    sdk::Wakeup wakeup_;
    std::mutex mutex_;
    std::deque<std::function<void()>> calls_;  // guarded by mutex_
    bool closed_ = false;                      // guarded by mutex_
};

Queue::Queue(std::shared_ptr<State> state) : state_(std::move(state)) {}

Queue::Queue(Queue&&) noexcept = default;

Queue& Queue::operator=(Queue&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

Queue::~Queue() {
    if (state_) {
        state_->close();
    }
}

Result<Queue> Queue::open() {
    auto state = std::make_shared<State>();
    if (!state->usable()) {
        return tl::unexpected(
            Error{.code = Code::unusable_endpoint, .message = "no file descriptor is left"});
    }
    return Queue(std::move(state));
}

Post Queue::poster() const {
    return [state = state_](std::function<void()> call) { state->post(std::move(call)); };
}

int Queue::fd() const {
    return state_->fd();
}

std::size_t Queue::dispatch() {
    const std::shared_ptr<State> state = state_;  // a call may take the queue away
    return state->dispatch();
}

}  // namespace taskbbs
