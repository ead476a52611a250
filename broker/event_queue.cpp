// Buffers change hands under a lock; nothing is copied but what joins others that wait.
#include "broker/event_queue.hpp"

#include "protocol/events.hpp"

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
    if (held() > kept_bytes) {
        std::string().swap(bytes_);
        std::vector<std::size_t>().swap(ends_);
    }
    bytes_.clear();
    ends_.clear();
}

void EventQueue::hand_over() {
    if (waiting_ > most) {
        drop_but_ticks();
    }
    if (gathered_.empty()) {
        return;
    }
    waiting_ += gathered_.bytes();
    {
        const std::lock_guard lock(mutex_);
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
}

void EventQueue::drop_but_ticks() {
    Events ticks;
    gathered_.each([&](std::string_view topic, std::string_view body) {
        if (topic == protocol::tick_topic) {
            ticks.add(topic, body);
        } else {
            ++dropped_;
        }
    });
    gathered_ = std::move(ticks);
}

bool EventQueue::wants_rest(core::Time now) {
    if (const std::uint64_t sent = sent_; sent != seen_sent_) {
        seen_sent_ = sent;
        sent_at_ = now;
    }
    if (waiting_ <= enough || now - sent_at_ >= held_up) {
        rests_since_.reset();
        return false;
    }
    rests_since_ = rests_since_.value_or(now);
    const bool is_long = now - *rests_since_ >= longest_rest;
    if (is_long) {
        rests_since_.reset();
    }
    return !is_long;
}

void EventQueue::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    awake_.signal();
}

bool EventQueue::take(Events& events) {
    events.clear();
    const std::lock_guard lock(mutex_);
    std::swap(handed_, events);
    sleeps_ = events.empty();
    return !closed_ || !events.empty();
}

void EventQueue::note_sent(std::string_view topic, std::string_view body) {
    waiting_.fetch_sub(Events::bytes_of(topic, body), std::memory_order_relaxed);
    sent_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace taskbbs::broker
