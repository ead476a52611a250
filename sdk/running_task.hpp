// One call of a task function: begun at most once, on whatever thread, and ended exactly once,
// also where it was interrupted before it began. The SDK's boundary to what users throw.
#pragma once

#include "sdk/work.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>

namespace taskbbs::sdk {

class RunningTask {
  public:
    using OnEnded = std::function<void(Ending)>;

    // `owner`: whose task it is, to compare with alone.
    RunningTask(const void* owner,
                Task task,
                std::shared_ptr<const TaskFunction> function,
                OnEnded on_ended)
        : owner_(owner),
          task_(std::move(task)),
          function_(std::move(function)),
          on_ended_(std::move(on_ended)) {}

    // Whether this thread is inside of a function of this owner's.
    static bool is_within(const void* owner);

    // Calls the function, unless it was interrupted first.
    void run();

    // Requests its stop. Where it has not begun it never will, and has been given back.
    void interrupt();

  private:
    Ending call();

    const void* const owner_;
    const Task task_;
    const std::shared_ptr<const TaskFunction> function_;
    const OnEnded on_ended_;
    std::atomic<bool> is_taken_ = false;  // by who runs it, or by who sees to it that nobody does
    std::stop_source stop_;
};

}  // namespace taskbbs::sdk
