// Publishes events on a thread of its own. When a subscriber goes, libzmq looks at all
// subscriptions of all others, and does so on the thread that publishes: strangers could hold up
// the loop by that.
#pragma once

#include "broker/event_queue.hpp"
#include "broker/hearing.hpp"

#include <thread>

namespace taskbbs::broker {

class Publisher {
  public:
    // `socket`: a PUB, bound; nobody else's from now until the end.
    explicit Publisher(void* socket);
    // Publishes what was handed over, and joins.
    ~Publisher();
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    // The loop's side.
    EventQueue& queue() { return queue_; }

  private:
    void run();
    void take_in_subscriptions();
    void sleep() const;

    void* socket_;
    Hearing hearing_{1};
    EventQueue queue_;
    std::thread thread_;
};

}  // namespace taskbbs::broker
