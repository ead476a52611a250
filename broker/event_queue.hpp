// Events on their way from the loop to the thread that publishes: one buffer gathers, one waits,
// one is being published.
#pragma once

#include "broker/core/clock.hpp"
#include "broker/journal/event_fd.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
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

    // Of memory: of one, and of all.
    static std::size_t bytes_of(std::string_view topic, std::string_view body) {
        return topic.size() + body.size() + 2 * sizeof(std::size_t);
    }

    std::size_t bytes() const { return bytes_.size() + ends_.size() * sizeof ends_.front(); }

    // What it keeps, full or not.
    std::size_t held() const { return bytes_.capacity() + ends_.capacity() * sizeof ends_.front(); }

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
    // Bytes that wait. Beyond `enough` the loop had better rest; while there are more than `most`
    // events are dropped, which subscribers see by their numbers.
    static constexpr std::size_t enough = 1U << 20;
    static constexpr std::size_t most = 32U << 20;
    // A thread that sent nothing for so long is held up: the loop does not rest for that.
    static constexpr core::Duration held_up = std::chrono::milliseconds(20);
    // At a stretch.
    static constexpr core::Duration longest_rest = std::chrono::milliseconds(50);

    // ---- the loop's --------------------------------------------------------------------------
    void add(std::string_view topic, std::string_view body) { gathered_.add(topic, body); }

    // Lets go of those that were added: all of them, or only ticks, which tell of the hole.
    void hand_over();
    // Whether the loop had better take no requests for now, so that these are no faster than what
    // is published of them. To be asked once a turn.
    bool wants_rest(core::Time now);
    // take() gives what was handed over, then false.
    void close();

    // Events that did not get in.
    std::uint64_t dropped() const { return dropped_; }

    // Bytes that were handed over and are not sent yet. From any thread.
    std::size_t waiting() const { return waiting_; }

    // ---- the publishing thread's -------------------------------------------------------------
    // Those that were handed over, in place of those in `events`. Nothing came: is empty, and
    // awake() will be readable when there is something. False: nothing will come.
    bool take(Events& events);
    // One of those was sent.
    void note_sent(std::string_view topic, std::string_view body);

    const journal::EventFd& awake() const { return awake_; }

  private:
    void drop_but_ticks();

    Events gathered_;
    std::uint64_t dropped_ = 0;
    std::uint64_t seen_sent_ = 0;
    core::Time sent_at_{};  // when it was seen last that something was sent
    std::optional<core::Time> rests_since_;

    std::atomic<std::size_t> waiting_{0};
    std::atomic<std::uint64_t> sent_{0};
    journal::EventFd awake_;
    std::mutex mutex_;
    Events handed_;
    bool sleeps_ = false;
    bool closed_ = false;
};

}  // namespace taskbbs::broker
