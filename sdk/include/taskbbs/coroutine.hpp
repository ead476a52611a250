// The calls of a Client for coroutines. Header-only; needs nothing but C++20.
//
//     taskbbs::Detached work(taskbbs::CoroutineClient client) {
//         const taskbbs::ClaimArgs claim{.guid = "g", .executor_id = "e"};
//         auto owned = co_await client.claim(claim);       // or claim_task("g", "e")
//         if (!owned) { co_return; }
//         co_await client.start_task("g", "e", owned->epoch, "");
//         ...
//     }
//     work(taskbbs::CoroutineClient(client));
//
// Give arguments a name, as here: GCC 12 moves braced temporaries of a co_await expression as
// bytes, which breaks the strings in them.
//
// A coroutine goes on where the client's callbacks run: on its I/O thread (be quick, and block on
// nothing), or where ClientOptions::post puts them, which for a Queue is the thread that calls
// dispatch(). Each call is awaited exactly once and always answered, with `closed` when the client
// is destroyed; with a post that is never run again a coroutine stays suspended for ever. A
// coroutine must not end the life of the client that it waits for.
#pragma once

#include "taskbbs/client.hpp"
#include "taskbbs/export.hpp"
#include "taskbbs/requester.hpp"

#include <coroutine>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace taskbbs {

// The return type of a coroutine that nobody waits for: it begins at once and frees itself at its
// end. What it throws ends the process. Any other coroutine type can await the calls as well.
struct Detached {
    struct promise_type {  // NOLINT(readability-identifier-naming): the language's name

        Detached get_return_object() const noexcept { return {}; }

        std::suspend_never initial_suspend() const noexcept { return {}; }

        std::suspend_never final_suspend() const noexcept { return {}; }

        void return_void() const noexcept {}

        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

// What a call of CoroutineClient gives; made to be awaited at once. The call is made when it is.
template <class Args>
class [[nodiscard]] AwaitableCall {
  public:
    AwaitableCall(Client& client, Args args, CallOptions options)
        : client_(&client), args_(std::move(args)), options_(options) {}

    bool await_ready() const noexcept { return false; }

    // Nothing of this object may be touched once the call was made: the answer may have come.
    void await_suspend(std::coroutine_handle<> waiting) {
        client_->call(
            args_,
            [this, waiting](Result<typename Args::Reply> answer) {
                answer_ = std::move(answer);
                waiting.resume();
            },
            options_);
    }

    Result<typename Args::Reply> await_resume() { return *std::move(answer_); }

  private:
    Client* client_;
    Args args_;
    CallOptions options_;
    std::optional<Result<typename Args::Reply>> answer_;
};

// The verbs of a Client, to be awaited: arguments, answers, errors and safety of retries are those
// of the method of the same name there. A value: copy it freely; the client outlives what it began.
// What pages through (list_all(), get_all_tasks() and the like) blocks and is Client's alone:
// list() awaits one page.
class TASKBBS_EXPORT CoroutineClient {
  public:
    explicit CoroutineClient(Client& client) : client_(&client) {}

    template <class Args>
    AwaitableCall<Args> call(const Args& args, CallOptions options = {}) const {
        return {*client_, args, options};
    }

    auto hello(CallOptions o = {}) const { return call(HelloArgs{}, o); }

    auto desire(const DesireArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto claim(const ClaimArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto acquire(const AcquireArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto start(const StartArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto complete(const CompleteArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto reject(const RejectArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto cancel(const CancelArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto resolving(const ResolvingArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto resolve(const ResolveArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto get(const GetArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto list(const ListArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto converge(const ConvergeArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto heartbeat(const HeartbeatArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto depart(const DepartArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto drain(const DrainArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto executors(const ExecutorsArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto replay(const ReplayArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto stats(CallOptions o = {}) const { return call(StatsArgs{}, o); }

    auto explain(const ExplainArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto pause(const PauseArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto resume(const ResumeArgs& a, CallOptions o = {}) const { return call(a, o); }

    auto paused(CallOptions o = {}) const { return call(PausedArgs{}, o); }

    // The seed's names, as those of Client.
    auto desire_task(const Task& task, CallOptions o = {}) const {
        return call(DesireArgs{.task = task}, o);
    }

    auto claim_task(std::string_view guid, std::string_view executor_id, CallOptions o = {}) const {
        return call(ClaimArgs{.guid = std::string(guid), .executor_id = std::string(executor_id)},
                    o);
    }

    auto start_task(std::string_view guid,
                    std::string_view executor_id,
                    Seq epoch,
                    std::string_view container_handle,
                    CallOptions o = {}) const {
        return call(StartArgs{.guid = std::string(guid),
                              .executor_id = std::string(executor_id),
                              .epoch = epoch,
                              .container_handle = std::string(container_handle)},
                    o);
    }

    auto complete_task(std::string_view guid,
                       Seq epoch,
                       const Outcome& outcome,
                       CallOptions o = {}) const {
        return call(CompleteArgs{.guid = std::string(guid),
                                 .epoch = epoch,
                                 .failed = outcome.failed,
                                 .failure_reason = outcome.failure_reason,
                                 .result = outcome.result},
                    o);
    }

    auto resolving_task(std::string_view guid, CallOptions o = {}) const {
        return call(ResolvingArgs{.guid = std::string(guid)}, o);
    }

    auto resolve_task(std::string_view guid, Seq epoch, CallOptions o = {}) const {
        return call(ResolveArgs{.guid = std::string(guid), .epoch = epoch}, o);
    }

    auto converge_tasks(milliseconds time_to_claim,
                        milliseconds convergence_interval,
                        CallOptions o = {}) const {
        return call(ConvergeArgs{.time_to_claim = time_to_claim,
                                 .convergence_interval = convergence_interval},
                    o);
    }

  private:
    Client* client_;
};

// Awaiting a task that was submitted: co_await outcome_of(submitted). As SubmittedTask::then(): the
// coroutine goes on where the requester's handlers are called, and the task is resolved when it
// suspends next or ends.
class [[nodiscard]] AwaitableOutcome {
  public:
    explicit AwaitableOutcome(SubmittedTask submitted) : submitted_(std::move(submitted)) {}

    bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> waiting) {
        const SubmittedTask submitted =
            submitted_;  // this object may be gone before then() returns
        submitted.then([this, waiting](Result<Task> outcome) {
            outcome_ = std::move(outcome);
            waiting.resume();
        });
    }

    Result<Task> await_resume() { return *std::move(outcome_); }

  private:
    SubmittedTask submitted_;
    std::optional<Result<Task>> outcome_;
};

inline AwaitableOutcome outcome_of(SubmittedTask submitted) {
    return AwaitableOutcome(std::move(submitted));
}

}  // namespace taskbbs
