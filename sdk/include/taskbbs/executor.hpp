// Running tasks: what to give is a function from a task to its outcome; what happens around it is
// the Executor's business. It takes a place on the board and keeps it, acquires as much as it has
// room for, starts each task under its epoch, runs the function, reports what came of it until the
// board has it, tells the function to stop when its task is somebody else's by then, and leaves in
// good order.
//
//     auto executor = taskbbs::Executor::open({.executor_id = "worker-1", .stacks = {"linux"}},
//         [](const taskbbs::Task& task, std::stop_token stop) -> taskbbs::Outcome {
//             return {.result = compile(task.payload, stop)};
//         });
//     executor->wait();
//
// How often a task runs: only one whose `start` the board has confirmed, under the epoch that it
// was claimed with. So with Task::on_executor_lost = fail a task runs at most once (unless it is
// given back); with requeue at least once. Its outcome is accepted exactly once.
#pragma once

#include "taskbbs/executor_session.hpp"
#include "taskbbs/export.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace taskbbs {

// What a task function throws to give its task back instead of ending it: pending again, and
// failed by the board once it was given back more than Task::max_rejections times.
struct GiveBack {
    std::string reason;                 // cut to 1 KiB
    std::optional<milliseconds> delay;  // before it may be taken again, cut to 0..24 h; absent:
                                        // 1 s, doubled with each time
};

// Runs one task; several at once where there are several slots. What it returns is the outcome.
// What it throws, but a GiveBack, is a failed outcome with what() as its reason.
//
// `stop` is requested when the task is not this executor's any more (cancelled, over its time
// limit, executor lost or superseded): what the function returns is dropped then. It is also
// requested when the time that stop() left is over: what the function returns or throws counts
// then as ever, so throw a GiveBack where the work was cut off. The function should return soon
// after; until it does it takes up its slot.
using TaskFunction = std::function<Outcome(const Task& task, std::stop_token stop)>;

// What became of a task that was acquired.
enum class Fate : std::uint8_t {
    completed,   // the board has its outcome
    given_back,  // it was rejected: pending again, or failed as given back too often
    lost,        // it was not this executor's any more, or the broker could not be told before it
                 // was given up; what the function returned was dropped
    unknown,     // the outcome was sent and no answer came: the task is gone by now, or the broker
                 // was given up
};

// Called one at a time, on the executor's own thread or where ClientOptions::post puts them; none
// after the destructor returns. They must not throw; without a post they must be quick, too, and
// must not call stop(), wait() or the destructor.
struct ExecutorHandlers {
    // Each change of how the board sees this executor. `error`: why, where the broker refused.
    std::function<void(Presence presence, const std::optional<Error>& error)> on_presence;
    // It is drained, or is no more: it acquires nothing meanwhile. By an operator, or by its own
    // stop().
    std::function<void(bool draining)> on_draining;
    // Once for each task that was acquired, when nothing more will happen to it here. `task` is as
    // it was acquired; `outcome` what the function came to, empty where it did not run.
    std::function<void(const Task& task, Fate fate, const Outcome& outcome)> on_done;
    // It has ended, last of all: without an error when it was asked to, else why (superseded:
    // `not_owner`; refused for good: `denied`; not let go by an unreachable broker: `timed_out`).
    std::function<void(const std::optional<Error>& error)> on_stopped;
};

struct ExecutorOptions {
    std::string executor_id;           // 1..128 of A-Z a-z 0-9 _ -; one process at a time: a
                                       // second one takes the first one's place
    std::vector<std::string> stacks;   // what it can run; empty: anything
    std::vector<std::string> domains;  // whose tasks; empty: anybody's
    std::int64_t slots = 1;            // tasks at once, 1..1024
    std::optional<Resources> total;    // what all of them together may need; absent: any
    std::string container_handle;      // 0..255 bytes; shown with each task that it runs
    milliseconds ttl{15'000};          // 1 s..10 min: silent for so long, it is lost
    // Where the function runs. Empty: on `slots` threads of the executor's own.
    Post run_on;
    ExecutorHandlers handlers;
    ClientOptions client;
};

// Thread-safe. While the broker is away what runs goes on, and outcomes wait until it is back. It
// counts the ttl anew then, so that its restart costs nothing. Where it hears nothing of this
// executor for longer than the ttl, the tasks are lost, and their functions are told to stop as
// soon as this executor learns of it.
class TASKBBS_EXPORT Executor {
  public:
    // Begins at once, in the background: an unreachable broker is waited for. Fails with
    // `unusable_endpoint`; `refused` as `invalid_request` or `too_large` (Error::field, by its name
    // in the protocol) where an option is not within its bounds, or `run` is empty.
    static Result<Executor> open(ExecutorOptions options, TaskFunction run);

    Executor(Executor&&) noexcept;
    Executor& operator=(Executor&&) noexcept;  // ends the one that it held, as its destructor does
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;
    // stop() with no time left: every stop_token is requested and the functions are waited for, as
    // long as they take. Not to be called by one of them, nor by a handler.
    ~Executor();

    const std::string& executor_id() const;

    // As of the last answered heartbeat; they wait for nothing.
    Presence presence() const;
    bool draining() const;
    // Tasks that it has now, from acquired to done with.
    std::size_t tasks() const;

    // Waits until the board knows it; see ExecutorSession::wait_until_present().
    Result<void> wait_until_present(milliseconds timeout);

    // Ends it in good order, in the background: acquires nothing more, lets finish what runs, gives
    // back what it has not begun to run, reports, departs. After `finish_within` (0: at once) every
    // stop_token is requested; absent: never. Again: the earlier end counts. on_stopped follows.
    // It takes locks: not inside of a signal handler, which writes a flag or to a pipe instead.
    void begin_stop(std::optional<milliseconds> finish_within = std::nullopt);

    // The same, and waits for the end: as wait(). `misuse` within a handler or a task function,
    // where nothing is done. Not on the only thread that runs `run_on` or the client's post either.
    Result<void> stop(std::optional<milliseconds> finish_within = std::nullopt);

    // Until it has ended. An error: it was not asked to, or the broker could not be told; see
    // ExecutorHandlers::on_stopped. Any number of threads; again: the same answer.
    Result<void> wait();

    class Core;

  private:
    explicit Executor(std::unique_ptr<Core> core);

    std::unique_ptr<Core> core_;
};

}  // namespace taskbbs
