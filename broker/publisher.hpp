// Publishes events on a thread of its own. When a subscriber goes, libzmq looks at all
// subscriptions of all others, and does so on the thread that publishes: strangers could hold up
// the loop by that.
#pragma once

#include "broker/event_queue.hpp"
#include "broker/hearing.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace taskbbs::broker {

class Publisher {
  public:
    // `socket`: a PUB, bound; nobody else's from now until end().
    explicit Publisher(void* socket);
    // As end(), at once.
    ~Publisher();
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    // The loop's side.
    EventQueue& queue() { return queue_; }

    // For so long what was handed over is published yet, the rest dropped.
    void end(std::chrono::milliseconds at_most);

  private:
    void run();
    void publish(std::string_view topic, std::string_view body);
    void take_in_subscriptions();
    void sleep() const;

    void* socket_;
    // When what had come was taken in last; before when all was handled.
    Hearing::Mark begun_;
    Hearing::Mark until_;
    std::uint64_t sent_ = 0;
    EventQueue queue_;
    std::atomic<bool> drops_{false};
    std::thread thread_;
};

}  // namespace taskbbs::broker
