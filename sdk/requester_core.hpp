// What stands behind a Requester and its handles: a thread that runs the machine, a client that
// carries its calls, a watch that tells what was completed.
#pragma once

#include "sdk/call_line.hpp"
#include "sdk/client_core.hpp"
#include "sdk/loop_thread.hpp"
#include "sdk/requests.hpp"
#include "taskbbs/requester.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace taskbbs {

// What is known of one task, for those who wait: filled by the requester's thread.
class [[gnu::visibility("hidden")]] SubmittedTask::State
    : public std::enable_shared_from_this<SubmittedTask::State> {
  public:
    State(std::string guid, std::weak_ptr<Requester::Core> core)
        : guid_(std::move(guid)), core_(std::move(core)) {}

    const std::string& guid() const { return guid_; }

    Result<void> wait_until_posted(milliseconds timeout);
    Result<Task> wait(milliseconds timeout);
    void then(Callback<Task> done);
    Result<Applied> cancel(std::string_view reason, CallOptions options);

    // The first of each counts.
    void set_posted(Result<void> posted);
    void set_outcome(Result<Task> outcome);

    // Calls what then() was given, if both are there: once.
    void serve();
    // The same, whatever there is.
    void close();

    bool has_callback();
    // Now, or once.
    bool had_callback();
    bool has_outcome();
    // That the outcome was taken under; 0: there is none.
    Seq epoch();

    // Under the requester's lock: submits of it whose letters are not read yet.
    void begin_submit() { ++submits_; }

    void end_submit() { --submits_; }

    bool is_being_submitted() const { return submits_ > 0; }

  private:
    const std::string guid_;
    const std::weak_ptr<Requester::Core> core_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Result<void>> posted_;   // here and below: guarded by mutex_
    std::optional<Result<Task>> outcome_;  // no task: why there will be none
    Callback<Task> then_;
    bool had_callback_ = false;
    std::atomic<int> submits_ = 0;
};

class [[gnu::visibility("hidden")]] Requester::Core
    : public std::enable_shared_from_this<Requester::Core> {
  public:
    using Instant = sdk::Instant;
    using State = SubmittedTask::State;

    Core(RequesterOptions options, Client client, std::unique_ptr<sdk::LoopThread> loop);

    void begin();
    void close();

    SubmittedTask submit(Task task);
    Result<std::vector<SubmittedTask>> open_tasks(CallOptions options);

    // For handles, from any thread. Somebody waits, or does no more.
    void want(const std::string& guid);
    void note_waited(const std::shared_ptr<State>& state, bool wanted, bool has_outcome);
    // It has got a callback. False: too late, the requester is closed.
    bool adopt(const std::shared_ptr<State>& state);

    bool is_current() const { return loop_->is_current(); }

    Client& client() { return client_; }

  private:
    using Machine = sdk::RequesterMachine;

    WatchHandlers watch_handlers();
    void note_task(const Task& task, Seq seq);
    void note_reset();
    void note_end(const std::optional<Error>& error);
    std::optional<Instant> on_turn(Instant now);
    void act(const sdk::PostRequest& action);
    void act(const sdk::LookAtRequest& action);
    void act(const sdk::TakeOutcome& action);
    void act(const sdk::ResolveRequest& action);
    void act(const sdk::TellPosted& action);
    void act(const sdk::HandOver& action);
    void act(const sdk::TellFailure& action);
    void act(const sdk::ForgetRequest& action);
    void serve(const std::shared_ptr<State>& state);
    void flush();
    bool is_submitted_again(const State& state) const;

    // Calls the broker; the answer comes back as a letter.
    template <class Args>
    void call(const std::string& guid,
              const Args& args,
              void (Machine::*then)(const std::string&,
                                    const Result<typename Args::Reply>&,
                                    Instant));

    // A letter of what happened.
    template <class Do>
    void tell_machine(Do what) {
        loop_->mailbox()->put([this, what = std::move(what)](Instant now) { what(machine_, now); });
    }

    std::shared_ptr<State> state_of(const std::string& guid);
    void note_handled(const std::string& guid, Seq epoch, const std::shared_ptr<State>& state);
    std::shared_ptr<State> find(const std::string& guid);

    const RequesterOptions options_;
    const std::string prefix_;
    sdk::CallLine line_;  // the handlers'
    Machine machine_;     // of the loop's thread
    std::mutex mutex_;
    // Those whose outcome was not handled: guarded by mutex_, as are the next two.
    std::map<std::string, std::shared_ptr<State>, std::less<>> states_;
    bool closed_ = false;
    bool flushed_ = false;
    std::condition_variable changed_;  // when it is flushed
    bool flushing_ = false;            // of the loop's thread

    const std::unique_ptr<sdk::LoopThread> loop_;
    Client client_;
    Watch watch_;
};

}  // namespace taskbbs
