// Where callbacks run. The SDK has threads of its own, and callbacks run on them unless the options
// name another place: a thread pool, the loop of a framework, or a Queue whose descriptor stands in
// the program's own poll.
//
//     Queue queue = *Queue::open();
//     Client client = *Client::open({.post = queue.poster()});
//     poll({queue.fd(), ...});     // readable: callbacks wait
//     queue.dispatch();            // runs them, here
#pragma once

#include "taskbbs/error.hpp"
#include "taskbbs/export.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace taskbbs {

// Makes a function run once, at some place, some time; from any thread, without blocking, and not
// inside of post itself. It may keep the function for as long as it wants: what the SDK posts
// outlives the object that it is for, and does nothing then. The order in which functions run may
// be any, and several may run at once: the SDK keeps its own promises of order. What does not run
// the functions at all stops the callbacks, and the watches behind them, but loses nothing.
using Post = std::function<void(std::function<void()>)>;

// Callbacks for a foreign event loop: one descriptor, and dispatch(). One queue serves any number
// of clients, watches, executors and requesters.
class TASKBBS_EXPORT Queue {
  public:
    // `unusable_endpoint`: the system has no descriptor left.
    static Result<Queue> open();

    Queue(Queue&&) noexcept;
    Queue& operator=(Queue&&) noexcept;
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;
    // Drops what waits, and whatever is posted later.
    ~Queue();

    // For options. Thread-safe, and of use also after the queue is gone.
    Post poster() const;

    // Readable while something waits; for poll, epoll, select. Not to be read from.
    int fd() const;

    // Runs what waits now, on this thread, in order; what they post waits for the next dispatch().
    // How many ran. One thread at a time; not inside of what it runs. What a callback throws
    // passes through; those behind it wait for the next dispatch().
    std::size_t dispatch();

    class State;

  private:
    explicit Queue(std::shared_ptr<State> state);

    std::shared_ptr<State> state_;
};

}  // namespace taskbbs
