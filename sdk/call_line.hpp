// The callbacks of one object, at the place that its owner was given: in order, one at a time
// whatever that place is, and none after close().
#pragma once

#include "taskbbs/dispatch.hpp"

#include <functional>
#include <memory>

namespace taskbbs::sdk {

class CallLine {
  public:
    // Empty: callbacks run where run() is called.
    explicit CallLine(Post post);
    ~CallLine();  // close()
    CallLine(const CallLine&) = delete;
    CallLine& operator=(const CallLine&) = delete;
    CallLine(CallLine&&) = delete;
    CallLine& operator=(CallLine&&) = delete;

    // Whether callbacks run elsewhere.
    bool posts() const { return post_ != nullptr; }

    // From one thread at a time. It runs at once, or is posted and run() returns.
    void run(std::function<void()> call);

    // What was posted and has not begun is dropped; one that runs on another thread is waited for.
    void close();

  private:
    struct State;

    const Post post_;
    const std::shared_ptr<State> state_;
};

}  // namespace taskbbs::sdk
