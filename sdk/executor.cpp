// The driver of an executor: a thread that runs the machine of its work, a session that keeps its
// presence, and a place where the functions run.
#include "taskbbs/executor.hpp"

#include "sdk/call_line.hpp"
#include "sdk/client_core.hpp"
#include "sdk/loop_thread.hpp"
#include "sdk/running_task.hpp"
#include "sdk/thread_pool.hpp"
#include "sdk/work.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

namespace taskbbs {

namespace {

using sdk::Instant;

// Below what the machine waits for in vain when it stops.
constexpr milliseconds acquire_wait{20'000};
constexpr CallOptions acquire_call{.timeout = milliseconds(30'000)};
constexpr CallOptions short_call{.timeout = milliseconds(30'000)};
// Long: until then the session asks again by itself, and an outcome is worth waiting for.
constexpr CallOptions outcome_call{.timeout = milliseconds(300'000)};
constexpr CallOptions last_call{.timeout = milliseconds(5'000)};

Error invalid(std::string field, std::string message) {
    return {.code = Code::refused,
            .status = Status::invalid_request,
            .status_name = std::string(name_of(Status::invalid_request)),
            .message = std::move(message),
            .field = std::move(field)};
}

std::optional<Error> fault_of(const ExecutorOptions& options, const TaskFunction& run) {
    if (!run) {
        return invalid("run", "an executor needs a function that runs its tasks");
    }
    if (options.slots < 1 || options.slots > protocol::max_acquire) {
        return invalid("slots", "slots must be 1 to 1024");
    }
    const AcquireArgs acquire{.executor_id = options.executor_id,
                              .max = options.slots,
                              .stacks = options.stacks,
                              .domains = options.domains,
                              .free = options.total};
    const StartArgs start{.guid = "any",
                          .executor_id = options.executor_id,
                          .container_handle = options.container_handle};
    const std::optional<Error> fault = sdk::fault_of(acquire);
    return fault ? fault : sdk::fault_of(start);
}

}  // namespace

class [[gnu::visibility("hidden")]] Executor::Core {
  public:
    Core(ExecutorOptions options, TaskFunction run, std::unique_ptr<sdk::LoopThread> loop);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    Core(Core&&) = delete;
    Core& operator=(Core&&) = delete;

    // Handlers of the session, which leave letters; they may come before begin().
    ExecutorSessionHandlers session_handlers();
    void begin(ExecutorSession session);

    void begin_stop(std::optional<milliseconds> finish_within);
    Result<void> wait();

    ExecutorSession& session() { return *session_; }

    // Within one of its handlers or functions, which its end waits for.
    bool is_current() const { return loop_->is_current() || sdk::RunningTask::is_within(this); }

    std::size_t tasks() const { return tasks_; }

  private:
    using Machine = sdk::WorkMachine;

    void note_stale(const std::string& guid);
    void note_draining(bool on);
    void note_presence(Presence presence, const std::optional<Error>& error);
    std::optional<Instant> on_turn(Instant now);
    void act(const sdk::AcquireWork& action);
    void act(const sdk::StartWork& action);
    void act(const sdk::LookAtWork& action);
    void act(const sdk::RunWork& action);
    void act(const sdk::InterruptWork& action);
    void act(const sdk::CompleteWork& action);
    void act(const sdk::RejectWork& action);
    void act(const sdk::ReleaseWork& action);
    void act(const sdk::EndAcquire& action);
    void act(const sdk::LeaveBoard& action);
    void act(const sdk::TellFate& action);
    void end();

    // Calls the broker; the answer comes back as a letter.
    template <class Args>
    void call(sdk::JobId job,
              const Args& args,
              CallOptions options,
              void (Machine::*then)(sdk::JobId, const Result<typename Args::Reply>&, Instant));

    // A letter of what happened.
    template <class Do>
    void tell_machine(Do what) {
        loop_->mailbox()->put([this, what = std::move(what)](Instant now) { what(machine_, now); });
    }

    const ExecutorOptions options_;
    const std::shared_ptr<const TaskFunction> function_;
    sdk::CallLine line_;  // the handlers'
    Machine machine_;     // here and below: of the loop's thread
    std::map<sdk::JobId, std::shared_ptr<sdk::RunningTask>> running_;
    bool ended_ = false;

    std::atomic<std::size_t> tasks_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Result<void>> result_;  // guarded by mutex_; once it is over

    const std::unique_ptr<sdk::LoopThread> loop_;
    std::optional<ExecutorSession> session_;
    sdk::ThreadPool pool_;
};

Executor::Core::Core(ExecutorOptions options,
                     TaskFunction run,
                     std::unique_ptr<sdk::LoopThread> loop)
    : options_(std::move(options)),
      function_(std::make_shared<const TaskFunction>(std::move(run))),
      line_(options_.client.post),
      machine_({.executor_id = options_.executor_id,
                .slots = options_.slots,
                .total = options_.total,
                .container_handle = options_.container_handle}),
      loop_(std::move(loop)) {}

Executor::Core::~Core() {
    if (session_) {
        begin_stop(milliseconds(0));
        constexpr milliseconds moment{10};
        sdk::Transport& transport = *session_->client().core()->transport();
        std::unique_lock lock(mutex_);
        while (!changed_.wait_for(lock, moment, [this] { return result_.has_value(); })) {
            lock.unlock();
            transport.let_time_pass();
            lock.lock();
        }
    }
    line_.close();
    loop_->close();
    session_.reset();
}

ExecutorSessionHandlers Executor::Core::session_handlers() {
    return {.on_stale = [this](const std::string& guid) { note_stale(guid); },
            .on_draining = [this](bool on) { note_draining(on); },
            .on_presence =
                [this](Presence presence, const std::optional<Error>& error) {
                    note_presence(presence, error);
                }};
}

void Executor::Core::note_stale(const std::string& guid) {
    tell_machine([guid](Machine& machine, Instant now) { machine.on_stale(guid, now); });
}

void Executor::Core::note_draining(bool on) {
    tell_machine([this, on](Machine& machine, Instant now) {
        machine.on_draining(on, now);
        if (const auto& told = options_.handlers.on_draining) {
            line_.run([told, on] { told(on); });
        }
    });
}

void Executor::Core::note_presence(Presence presence, const std::optional<Error>& error) {
    tell_machine([this, presence, error](Machine& machine, Instant now) {
        machine.on_presence(presence, error, now);
        if (const auto& told = options_.handlers.on_presence) {
            line_.run([told, presence, error] { told(presence, error); });
        }
    });
}

void Executor::Core::begin(ExecutorSession session) {
    session_ = std::move(session);
    loop_->begin([this](Instant now) { return on_turn(now); });
}

void Executor::Core::begin_stop(std::optional<milliseconds> finish_within) {
    tell_machine([finish_within](Machine& machine, Instant now) {
        std::optional<Instant> until;
        if (finish_within) {
            constexpr milliseconds longest = std::chrono::hours(24 * 365);
            until = now + std::clamp(*finish_within, milliseconds(0), longest);
        }
        machine.stop(until, now);
    });
}

Result<void> Executor::Core::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return result_.has_value(); });
    return *result_;
}

// ---- the loop --------------------------------------------------------------------------------

std::optional<Instant> Executor::Core::on_turn(Instant now) {
    if (ended_) {
        return std::nullopt;
    }
    machine_.on_timer(now);
    for (auto actions = machine_.take_actions(); !actions.empty();
         actions = machine_.take_actions()) {
        for (const sdk::WorkAction& action : actions) {
            std::visit([this](const auto& what) { act(what); }, action);
        }
    }
    tasks_ = machine_.jobs();
    if (machine_.is_over()) {
        end();
        return std::nullopt;
    }
    return machine_.next_deadline();
}

void Executor::Core::end() {
    ended_ = true;
    // Where the board did not answer, functions may not have begun: they never will.
    for (const auto& [id, task] : running_) {
        task->interrupt();
    }
    const std::optional<Error> error = machine_.error();
    if (const auto& told = options_.handlers.on_stopped) {
        line_.run([told, error] { told(error); });
    }
    const std::lock_guard lock(mutex_);
    result_ = error ? Result<void>(tl::unexpected(*error)) : Result<void>();
    changed_.notify_all();
}

template <class Args>
void Executor::Core::call(sdk::JobId job,
                          const Args& args,
                          CallOptions options,
                          void (Machine::*then)(sdk::JobId,
                                                const Result<typename Args::Reply>&,
                                                Instant)) {
    using Answer = Result<typename Args::Reply>;
    session_->client().call(
        args,
        [this, job, then](Answer answer) {
            tell_machine([job, then, answer = std::move(answer)](Machine& machine, Instant now) {
                (machine.*then)(job, answer, now);
            });
        },
        options);
}

void Executor::Core::act(const sdk::AcquireWork& action) {
    if (action.free) {
        session_->set_capacity(options_.slots, action.free);
    }
    session_->acquire(
        {.max = action.max, .domains = options_.domains, .free = action.free, .wait = acquire_wait},
        [this](Result<Acquired> answer) {
            tell_machine([answer = std::move(answer)](Machine& machine, Instant now) {
                machine.on_acquired(answer, now);
            });
        },
        acquire_call);
}

void Executor::Core::act(const sdk::StartWork& action) {
    call(action.job, action.args, short_call, &Machine::on_started);
}

void Executor::Core::act(const sdk::LookAtWork& action) {
    call(action.job, GetArgs{action.guid}, short_call, &Machine::on_looked);
}

void Executor::Core::act(const sdk::RunWork& action) {
    // The thread that it ends on may still be in there when this executor is gone.
    const auto on_ended = [this, mailbox = loop_->mailbox(), job = action.job](sdk::Ending ending) {
        mailbox->put([this, job, ending = std::move(ending)](Instant now) {
            running_.erase(job);
            machine_.on_ended(job, ending, now);
        });
    };
    auto task = std::make_shared<sdk::RunningTask>(this, action.task, function_, on_ended);
    running_[action.job] = task;
    if (options_.run_on) {
        options_.run_on([task] { task->run(); });
        return;
    }
    try {
        pool_.post([task] { task->run(); }, static_cast<std::size_t>(options_.slots));
    } catch (const std::system_error&) {
        on_ended(GiveBack{.reason = "no thread could be started"});
    }
}

void Executor::Core::act(const sdk::InterruptWork& action) {
    if (const auto found = running_.find(action.job); found != running_.end()) {
        found->second->interrupt();
    }
}

void Executor::Core::act(const sdk::CompleteWork& action) {
    call(action.job, action.args, outcome_call, &Machine::on_completed);
}

void Executor::Core::act(const sdk::RejectWork& action) {
    call(action.job, action.args, outcome_call, &Machine::on_rejected);
}

void Executor::Core::act(const sdk::ReleaseWork& action) {
    session_->release(action.guid);
}

// Draining shows others that this executor takes no more, where it is allowed to.
void Executor::Core::act(const sdk::EndAcquire& /*action*/) {
    session_->end_acquire(short_call);
    session_->client().call(
        DrainArgs{.executor_id = options_.executor_id, .incarnation = session_->incarnation()},
        [](const Result<Applied>& /*answer*/) {},
        short_call);
}

void Executor::Core::act(const sdk::LeaveBoard& /*action*/) {
    session_->depart(
        [this](const Result<Applied>& answer) {
            tell_machine([answer](Machine& machine, Instant /*now*/) { machine.on_left(answer); });
        },
        last_call);
}

void Executor::Core::act(const sdk::TellFate& action) {
    if (const auto& told = options_.handlers.on_done) {
        line_.run([told, action] { told(action.task, action.fate, action.outcome); });
    }
}

// ---- the face --------------------------------------------------------------------------------

Executor::Executor(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Executor::Executor(Executor&&) noexcept = default;
Executor& Executor::operator=(Executor&&) noexcept = default;
Executor::~Executor() = default;

Result<Executor> Executor::open(ExecutorOptions options, TaskFunction run) {
    if (const std::optional<Error> fault = fault_of(options, run)) {
        return tl::unexpected(*fault);
    }
    ExecutorSessionOptions place{.executor_id = options.executor_id,
                                 .ttl = options.ttl,
                                 .stacks = options.stacks,
                                 .slots = options.slots,
                                 .free = options.total,
                                 .client = options.client};
    place.client.post = {};  // what comes to the executor itself
    Result<std::shared_ptr<sdk::Transport>> transport = sdk::transport_for(options.client);
    if (!transport) {
        return tl::unexpected(transport.error());
    }
    place.client.transport = *transport;
    auto loop = sdk::LoopThread::make(*transport);
    if (!loop) {
        return tl::unexpected(loop.error());
    }
    auto core = std::make_unique<Core>(std::move(options), std::move(run), *std::move(loop));
    place.handlers = core->session_handlers();
    Result<ExecutorSession> session = ExecutorSession::open(place);
    if (!session) {
        return tl::unexpected(session.error());
    }
    core->begin(*std::move(session));
    return Executor(std::move(core));
}

const std::string& Executor::executor_id() const {
    return core_->session().executor_id();
}

Presence Executor::presence() const {
    return core_->session().presence();
}

bool Executor::draining() const {
    return core_->session().draining();
}

std::size_t Executor::tasks() const {
    return core_->tasks();
}

Result<void> Executor::wait_until_present(milliseconds timeout) {
    return core_->session().wait_until_present(timeout);
}

void Executor::begin_stop(std::optional<milliseconds> finish_within) {
    core_->begin_stop(finish_within);
}

Result<void> Executor::stop(std::optional<milliseconds> finish_within) {
    if (core_->is_current()) {
        return tl::unexpected(Error{.code = Code::misuse,
                                    .message = "stop() inside of a handler or function of its own "
                                               "executor; use begin_stop()"});
    }
    core_->begin_stop(finish_within);
    return core_->wait();
}

Result<void> Executor::wait() {
    if (core_->is_current()) {
        return tl::unexpected(Error{
            .code = Code::misuse,
            .message =
                "wait() inside of a handler or function of its own executor would never end"});
    }
    return core_->wait();
}

}  // namespace taskbbs
