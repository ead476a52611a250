// Where other threads leave what happened, for the executor's own thread to take.
#pragma once

#include "cli/executor/descriptor.hpp"
#include "cli/executor/jobs.hpp"

#include <functional>
#include <mutex>
#include <vector>

namespace taskbbs::cli {

// post() from any thread; the rest from one.
class Inbox {
  public:
    using Input = std::function<void(Jobs&, Moment)>;

    // Aborts where the system has no eventfd left: at the very start of a process.
    Inbox();

    void post(Input input);

    // Readable when something was left.
    int descriptor() const { return wake_.number(); }

    // In the order in which it was left.
    std::vector<Input> take();

  private:
    Descriptor wake_;
    std::mutex mutex_;
    std::vector<Input> inputs_;
};

}  // namespace taskbbs::cli
