// The one place of the examples that knows how the SDK acquires.
#include "examples/board/worker.hpp"

#include "examples/board/endpoint.hpp"

#include <taskbbs/executor_session.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <thread>

namespace examples {
namespace {

using Place = taskbbs::ExecutorSession;
using std::chrono::milliseconds;
using std::chrono::minutes;

volatile std::sig_atomic_t stopping = 0;

void stop(int /*signal*/) {
    stopping = 1;
}

void say(const std::string& what, const taskbbs::Error& error) {
    std::cerr << what << ": " << error.message << " (" << error.name() << ")\n";
}

// It may be well again: the broker is away or has no room.
bool passes(const taskbbs::Error& error) {
    return error.code == taskbbs::Code::timed_out || error.is(taskbbs::Status::busy) ||
           error.is(taskbbs::Status::read_only);
}

taskbbs::Outcome outcome_of(const taskbbs::Task& task, const Work& work) {
    try {
        return work(task);
    } catch (const std::exception& error) {
        return {.failed = true, .failure_reason = error.what()};
    }
}

// A refusal says that the task is not ours any more: it was cancelled, or we were away for too long
// and somebody else has it. Then there is nothing to report.
void run(Place& place, const taskbbs::Task& task, const Work& work) {
    // Work that is done is worth some patience with a broker that restarts.
    constexpr taskbbs::CallOptions patient{.timeout = minutes{10}};
    taskbbs::Client& client = place.client();
    const auto started = client.start_task(task.guid, place.executor_id(), task.epoch, "");
    if (!started) {
        say("start " + task.guid, started.error());
    } else {
        const auto outcome = outcome_of(task, work);
        const auto completed = client.complete_task(task.guid, task.epoch, outcome, patient);
        if (!completed) {
            say("complete " + task.guid, completed.error());
        }
    }
    place.release(task.guid);
}

int take_tasks(Place& place, const Work& work) {
    constexpr taskbbs::AcquireOptions next{.wait = milliseconds{500}};
    while (stopping == 0) {
        const auto acquired = place.acquire(next);
        if (acquired) {
            for (const taskbbs::Task& task : acquired->tasks) {
                run(place, task, work);
            }
            continue;
        }
        say("acquire", acquired.error());
        if (!passes(acquired.error())) {
            return 1;
        }
        std::this_thread::sleep_for(milliseconds{500});
    }
    return 0;
}

}  // namespace

int serve(const std::string& executor_id, const std::string& stack, const Work& work) {
    auto place = Place::open({.executor_id = executor_id,
                              .stacks = {stack},
                              .slots = 1,
                              .client = {.endpoint = endpoint()}});
    if (!place) {
        say(executor_id, place.error());
        return 1;
    }
    std::signal(SIGINT, stop);
    std::signal(SIGTERM, stop);
    const int code = take_tasks(*place, work);
    place->depart({.timeout = std::chrono::seconds{5}});
    return code;
}

}  // namespace examples
