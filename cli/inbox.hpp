// Where other threads leave what happened, for the thread of a machine to take.
#pragma once

#include "cli/executor/descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace taskbbs::cli {

// post() from any thread; the rest from one.
template <class Machine>
class InboxOf {
  public:
    using Input = std::function<void(Machine&, std::chrono::steady_clock::time_point)>;

    // Aborts where the system has no eventfd left: at the very start of a process.
    InboxOf() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (wake_.number() < 0) {
            std::abort();
        }
    }

    void post(Input input) {
        {
            const std::scoped_lock lock{mutex_};
            inputs_.push_back(std::move(input));
        }
        const std::uint64_t one = 1;
        // It fails only where it is readable already.
        [[maybe_unused]] const auto written = ::write(wake_.number(), &one, sizeof one);
    }

    // Readable when something was left.
    int descriptor() const { return wake_.number(); }

    // In the order in which it was left.
    std::vector<Input> take() {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(wake_.number(), &count, sizeof count);
        const std::scoped_lock lock{mutex_};
        return std::exchange(inputs_, {});
    }

  private:
    Descriptor wake_;
    std::mutex mutex_;
    std::vector<Input> inputs_;
};

}  // namespace taskbbs::cli
