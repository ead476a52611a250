// One call of a task function.
#include "sdk/running_task.hpp"

#include <exception>

namespace taskbbs::sdk {

void RunningTask::run() {
    if (!is_taken_.exchange(true)) {
        on_ended_(call());
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
