// A fake broker whose tests run on one thread: callbacks and task functions gather in a queue that
// the test dispatches.
#pragma once

#include <taskbbs/executor.hpp>
#include <taskbbs/testing.hpp>

#include <catch2/catch.hpp>

#include <utility>

namespace taskbbs::testing {

// Real time, for what only a broken promise makes long.
inline constexpr std::chrono::seconds patience{120};

struct Stage {
    explicit Stage(FakeBrokerOptions options = {}) : broker(options) {}

    ClientOptions here() const { return broker.client_options(queue.poster()); }

    // Until nothing can happen without time going by.
    void settle() {
        do {
            broker.settle();
        } while (queue.dispatch() > 0);
    }

    void pass(std::chrono::nanoseconds time) {
        broker.advance(time);
        settle();
    }

    Client client() const { return *Client::open(broker.client_options()); }

    State state_of(std::string_view guid) const {
        const auto task = broker.task(guid);
        return task ? task->state : State::resolved;
    }

    FakeBroker broker;
    Queue queue = *Queue::open();
};

}  // namespace taskbbs::testing
