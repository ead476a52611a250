// Buffers change hands under a lock; nothing is copied but what joins others that wait.
#include "broker/event_queue.hpp"

#include <utility>

namespace taskbbs::broker {

namespace {

// Of a buffer that is kept.
constexpr std::size_t kept_bytes = 1U << 20;

}  // namespace

void Events::add(std::string_view topic, std::string_view body) {
    bytes_ += topic;
    ends_.push_back(bytes_.size());
    bytes_ += body;
    ends_.push_back(bytes_.size());
}

void Events::append(const Events& others) {
    const std::size_t before = bytes_.size();
    bytes_ += others.bytes_;
    for (const std::size_t end : others.ends_) {
        ends_.push_back(before + end);
    }
}

void Events::clear() {
    if (bytes_.capacity() > kept_bytes) {
        *this = {};
    }
    bytes_.clear();
    ends_.clear();
}

void EventQueue::hand_over() {
    if (gathered_.empty()) {
        return;
    }
    std::unique_lock lock(mutex_);
    if (waiting_bytes_ + gathered_.bytes() > most) {
        dropped_ += gathered_.count();
    } else {
        waiting_bytes_ += gathered_.bytes();
        if (handed_.empty()) {
            std::swap(handed_, gathered_);
        } else {
            handed_.append(gathered_);
        }
        if (std::exchange(sleeps_, false)) {
            awake_.signal();
        }
    }
    gathered_.clear();
    wait_for_room(lock);
}

// So the loop is no faster than what it publishes, unless that is held up.
void EventQueue::wait_for_room(std::unique_lock<std::mutex>& lock) {
    const auto there_is_room = [this] { return waiting_bytes_ <= enough; };
    while (!is_held_up_ && !there_is_room()) {
        const std::uint64_t before = sent_;
        room_.wait_for(lock, patience_, there_is_room);
        is_held_up_ = sent_ == before;
    }
    is_held_up_ = is_held_up_ && !there_is_room();
}

void EventQueue::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    awake_.signal();
}

bool EventQueue::take(Events& events) {
    const std::lock_guard lock(mutex_);
    waiting_bytes_ -= events.bytes();
    events.clear();
    std::swap(handed_, events);
    sleeps_ = events.empty();
    room_.notify_one();
    return !closed_ || !events.empty();
}

}  // namespace taskbbs::broker
