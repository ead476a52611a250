// A queue with an eventfd.
#include "cli/executor/inbox.hpp"

#include <cstdint>
#include <cstdlib>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::cli {

Inbox::Inbox() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_.number() < 0) {
        std::abort();
    }
}

void Inbox::post(Input input) {
    {
        const std::scoped_lock lock{mutex_};
        inputs_.push_back(std::move(input));
    }
    const std::uint64_t one = 1;
    // It fails only where it is readable already.
    [[maybe_unused]] const auto written = ::write(wake_.number(), &one, sizeof one);
}

std::vector<Inbox::Input> Inbox::take() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_.number(), &count, sizeof count);
    const std::scoped_lock lock{mutex_};
    return std::exchange(inputs_, {});
}

}  // namespace taskbbs::cli
