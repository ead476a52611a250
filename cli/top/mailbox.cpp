// A queue with an eventfd, and a bound for some.
#include "cli/top/mailbox.hpp"

#include <cstdlib>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::cli::top {

Mailbox::Mailbox() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_.number() < 0) {
        std::abort();
    }
}

void Mailbox::put(Answer answer) {
    const std::scoped_lock lock{mutex_};
    letters_.emplace_back(std::move(answer));
    wake();
}

void Mailbox::put(Heard heard, std::int64_t watch) {
    std::unique_lock lock{mutex_};
    has_room_.wait(lock, [&] { return letters_.size() < room || watch != watch_; });
    if (watch == watch_) {
        letters_.emplace_back(std::move(heard));
        wake();
    }
}

std::int64_t Mailbox::next_watch() {
    const std::scoped_lock lock{mutex_};
    std::erase_if(letters_,
                  [](const Letter& letter) { return std::holds_alternative<Heard>(letter); });
    has_room_.notify_all();
    return ++watch_;
}

std::deque<Letter> Mailbox::take() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_.number(), &count, sizeof count);
    const std::scoped_lock lock{mutex_};
    has_room_.notify_all();
    return std::exchange(letters_, {});
}

// It fails only where it is readable already.
void Mailbox::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.number(), &one, sizeof one);
}

}  // namespace taskbbs::cli::top
