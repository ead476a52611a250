// Events on their way from the loop to the thread that publishes: one buffer gathers, one waits,
// one is being published.
#pragma once

#include "broker/journal/event_fd.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

// Topics and bodies one after another. Not thread-safe.
class Events {
  public:
    void add(std::string_view topic, std::string_view body);
    void append(const Events& others);
    // Keeps its memory, unless that is much.
    void clear();

    bool empty() const { return ends_.empty(); }

    std::size_t count() const { return ends_.size() / 2; }

    // Of memory.
    std::size_t bytes() const { return bytes_.size() + ends_.size() * sizeof ends_.front(); }

    // Calls send(topic, body) for each.
    template <class Send>
    void each(const Send& send) const {
        const std::string_view all = bytes_;
        std::size_t begin = 0;
        for (std::size_t i = 0; i < ends_.size(); i += 2) {
            send(all.substr(begin, ends_[i] - begin),
                 all.substr(ends_[i], ends_[i + 1] - ends_[i]));
            begin = ends_[i + 1];
        }
    }

  private:
    std::string bytes_;
    std::vector<std::size_t> ends_;  // of topics and bodies in turn
};

class EventQueue {
  public:
    // Bytes that wait: beyond `enough` hand_over() waits until they are fewer, as long as events
    // are being sent; beyond `most` events are dropped, which subscribers see by their numbers.
    static constexpr std::size_t enough = 4U << 20;
    static constexpr std::size_t most = 32U << 20;

    // A publishing thread that sent nothing for so long is held up: hand_over() does not wait for
    // it.
    explicit EventQueue(std::chrono::milliseconds patience = std::chrono::milliseconds(20))
        : patience_(patience) {}

    // ---- the loop's --------------------------------------------------------------------------
    void add(std::string_view topic, std::string_view body) { gathered_.add(topic, body); }

    // Lets go of those that were added.
    void hand_over();
    // take() gives what was handed over, then false.
    void close();

    // Events that did not get in.
    std::uint64_t dropped() const { return dropped_; }

    // ---- the publishing thread's -------------------------------------------------------------
    // Those that were handed over, in place of those in `events`, which were sent. Nothing came: is
    // empty, and awake() will be readable when there is something. False: nothing will come.
    bool take(Events& events);

    // One of those was sent.
    void note_sent() { sent_.fetch_add(1, std::memory_order_relaxed); }

    const journal::EventFd& awake() const { return awake_; }

  private:
    void wait_for_room(std::unique_lock<std::mutex>& lock);

    std::chrono::milliseconds patience_;
    Events gathered_;
    std::uint64_t dropped_ = 0;
    bool is_held_up_ = false;  // it sent nothing for long, and has not caught up since

    std::atomic<std::uint64_t> sent_{0};
    journal::EventFd awake_;
    std::mutex mutex_;
    std::condition_variable room_;
    Events handed_;
    std::size_t waiting_bytes_ = 0;  // handed over, and not sent yet
    bool sleeps_ = false;
    bool closed_ = false;
};

}  // namespace taskbbs::broker
