// One call of a task function.
#include "sdk/running_task.hpp"

#include <exception>
#include <utility>

namespace taskbbs::sdk {

namespace {

// Whose function this thread is inside of: the innermost, where one runs another executor's.
thread_local const void* inside = nullptr;

}  // namespace

bool RunningTask::is_within(const void* owner) {
    return inside == owner;
}

void RunningTask::run() {
    if (!is_taken_.exchange(true)) {
        const void* const outer = std::exchange(inside, owner_);
        Ending ending = call();
        inside = outer;
        on_ended_(std::move(ending));
    }
}

void RunningTask::interrupt() {
    stop_.request_stop();
    if (!is_taken_.exchange(true)) {
        on_ended_(GiveBack{.reason = "the executor was stopped", .delay = milliseconds(0)});
    }
}

Ending RunningTask::call() {
    try {
        return (*function_)(task_, stop_.get_token());
    } catch (const GiveBack& given_back) {
        return given_back;
    } catch (const std::exception& exception) {
        return Outcome{.failed = true, .failure_reason = exception.what()};
    } catch (...) {  // whatever it was, it is how this task ended
        return Outcome{.failed = true,
                       .failure_reason = "the task's function threw what is no std::exception"};
    }
}

}  // namespace taskbbs::sdk
