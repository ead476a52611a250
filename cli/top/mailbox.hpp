// Where the SDK's threads leave what they hear, for the thread of `top` to take. Events wait for
// room, so that a flood of them takes no memory: then the watch falls behind, and catches up.
#pragma once

#include "cli/executor/descriptor.hpp"
#include "taskbbs/calls.hpp"
#include "taskbbs/watch.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>

namespace taskbbs::cli::top {

struct TasksAnswer {
    std::int64_t listing = 0;
    Result<TaskPage> page;
};

struct TaskAnswer {
    std::string guid;
    Result<Found> found;
};

struct WatchEnded {
    std::optional<Error> error;
};

using Answer =
    std::variant<Result<Stats>, Result<Paused>, Result<ExecutorPage>, TasksAnswer, TaskAnswer>;
using Heard = std::variant<Event, Reset, WatchEnded>;
using Letter = std::variant<Answer, Heard>;

class Mailbox {
  public:
    static constexpr std::size_t room = 10'000;  // letters

    // Aborts where the system has no eventfd left: at the very start of a process.
    Mailbox();

    void put(Answer answer);
    // Of the watch of this number: waits while there is no room. What is of another watch than the
    // present one is dropped.
    void put(Heard heard, std::int64_t watch);

    // Ends what was before, whose handlers wait no more. Returns the number of the next watch.
    std::int64_t next_watch();

    // Readable when something was left.
    int descriptor() const { return wake_.number(); }

    // In the order in which it was left.
    std::deque<Letter> take();

  private:
    void wake() const;

    Descriptor wake_;
    std::mutex mutex_;  // for what follows
    std::condition_variable has_room_;
    std::deque<Letter> letters_;
    std::int64_t watch_ = 0;
};

}  // namespace taskbbs::cli::top
