// The driver of an executor's presence: a thread that runs the machine and the handlers, and two
// clients, so that a waiting acquire holds no heartbeat up.
#include "taskbbs/executor_session.hpp"

#include "sdk/entropy.hpp"
#include "sdk/presence.hpp"
#include "sdk/wire.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace taskbbs {

namespace {

sdk::Instant clock_now() {
    return std::chrono::steady_clock::now();
}

sdk::Member member_of(const ExecutorSessionOptions& options) {
    return {.executor_id = options.executor_id,
            .incarnation = sdk::random_incarnation(),
            .ttl = options.ttl,
            .stacks = options.stacks,
            .slots = options.slots,
            .free = options.free};
}

}  // namespace

class ExecutorSession::Core {
  public:
    Core(const ExecutorSessionOptions& options, Client presence, Client acquiring);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    Core(Core&&) = delete;
    Core& operator=(Core&&) = delete;

    // Reads the machine, or changes it and lets the thread see to what follows.
    template <class Do>
    auto with_machine(const Do& what) {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
        return what(machine_);
    }

    Result<void> wait_until_present(sdk::Instant until);
    Result<Acquired> acquire(const AcquireOptions& options, CallOptions call);

    const std::string executor_id;
    const std::string incarnation;

    Client& client() { return presence_; }

  private:
    Core(const ExecutorSessionOptions& options,
         sdk::Member member,
         Client presence,
         Client acquiring);

    void run();
    void turn(std::unique_lock<std::mutex>& lock);
    void hold(const std::vector<Task>& tasks);
    void beat(const HeartbeatArgs& heartbeat);
    void tell(const sdk::Notice& notice) const;

    const std::vector<std::string> stacks_;
    const ExecutorSessionHandlers handlers_;
    std::mutex mutex_;
    std::condition_variable changed_;
    sdk::PresenceMachine machine_;  // guarded by mutex_
    bool ending_ = false;           // guarded by mutex_
    std::mutex acquire_mutex_;
    // Behind all that their callbacks use, so that they go first.
    Client presence_;
    Client acquiring_;
    std::thread thread_;
};

ExecutorSession::Core::Core(const ExecutorSessionOptions& options,
                            Client presence,
                            Client acquiring)
    : Core(options, member_of(options), std::move(presence), std::move(acquiring)) {}

ExecutorSession::Core::Core(const ExecutorSessionOptions& options,
                            sdk::Member member,
                            Client presence,
                            Client acquiring)
    : executor_id(member.executor_id),
      incarnation(member.incarnation),
      stacks_(options.stacks),
      handlers_(options.handlers),
      machine_(std::move(member)),
      presence_(std::move(presence)),
      acquiring_(std::move(acquiring)),
      thread_([this] { run(); }) {}

ExecutorSession::Core::~Core() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void ExecutorSession::Core::run() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
        turn(lock);
    }
}

// What is due is done without the lock; where nothing is, it waits for something to be.
void ExecutorSession::Core::turn(std::unique_lock<std::mutex>& lock) {
    machine_.on_timer(clock_now());
    const std::optional<HeartbeatArgs> heartbeat = machine_.take_heartbeat(clock_now());
    const std::vector<sdk::Notice> notices = machine_.take_notices();
    if (!heartbeat && notices.empty()) {
        const std::optional<sdk::Instant> next = machine_.next_deadline();
        next ? static_cast<void>(changed_.wait_until(lock, *next)) : changed_.wait(lock);
        return;
    }
    lock.unlock();
    if (heartbeat) {
        beat(*heartbeat);
    }
    for (const sdk::Notice& notice : notices) {
        tell(notice);
    }
    lock.lock();
}

void ExecutorSession::Core::hold(const std::vector<Task>& tasks) {
    const std::lock_guard lock(mutex_);
    for (const Task& task : tasks) {
        machine_.hold(task.guid, task.epoch);
    }
}

void ExecutorSession::Core::beat(const HeartbeatArgs& heartbeat) {
    const auto timeout = std::chrono::floor<milliseconds>(sdk::Duration(heartbeat.ttl) * 3 / 10);
    presence_.call(heartbeat,
                   [this](const Result<HeartbeatAnswer>& answer) {
                       with_machine([&](auto& machine) { machine.on_answer(answer, clock_now()); });
                   },
                   {.timeout = timeout});
}

void ExecutorSession::Core::tell(const sdk::Notice& notice) const {
    if (const auto* stale = std::get_if<sdk::Stale>(&notice)) {
        handlers_.on_stale ? handlers_.on_stale(stale->guid) : void();
    } else if (const auto* draining = std::get_if<sdk::Draining>(&notice)) {
        handlers_.on_draining ? handlers_.on_draining(draining->on) : void();
    } else if (handlers_.on_presence) {
        const auto& change = std::get<sdk::PresenceChange>(notice);
        handlers_.on_presence(change.presence, change.error);
    }
}

Result<void> ExecutorSession::Core::wait_until_present(sdk::Instant until) {
    std::unique_lock lock(mutex_);
    const bool decided = changed_.wait_until(
        lock, until, [this] { return machine_.presence() != Presence::joining; });
    if (!decided) {
        return tl::unexpected(
            Error{.code = Code::timed_out, .message = "no heartbeat was answered in time"});
    }
    const Presence presence = machine_.presence();
    if (presence == Presence::superseded || presence == Presence::departed) {
        return tl::unexpected(machine_.error().value_or(
            Error{.code = Code::closed, .message = "the executor has departed"}));
    }
    return {};
}

Result<Acquired> ExecutorSession::Core::acquire(const AcquireOptions& options, CallOptions call) {
    const std::lock_guard one_at_a_time(acquire_mutex_);
    const sdk::Instant begun = clock_now();
    const bool too_late = call.timeout < milliseconds(0);
    const auto wait =
        std::chrono::floor<milliseconds>(too_late ? sdk::Duration(0) : sdk::bounded(options.wait));
    const Result<void> present = wait_until_present(begun + wait + sdk::bounded(call.timeout));
    if (!present) {
        return tl::unexpected(present.error());
    }
    const auto waited = std::chrono::floor<milliseconds>(clock_now() - begun);
    Result<Acquired> acquired =
        acquiring_.acquire({.executor_id = executor_id,
                            .max = options.max,
                            .stacks = options.stacks.value_or(stacks_),
                            .domains = options.domains,
                            .free = options.free,
                            .wait = std::max(wait - waited, milliseconds(0))},
                           call);
    if (acquired) {
        hold(acquired->tasks);
    }
    return acquired;
}

// ---- the face --------------------------------------------------------------------------------

ExecutorSession::ExecutorSession(std::unique_ptr<Core> core) : core_(std::move(core)) {}

ExecutorSession::ExecutorSession(ExecutorSession&&) noexcept = default;
ExecutorSession& ExecutorSession::operator=(ExecutorSession&&) noexcept = default;
ExecutorSession::~ExecutorSession() = default;

Result<ExecutorSession> ExecutorSession::open(const ExecutorSessionOptions& options) {
    const std::optional<Error> fault =
        sdk::fault_of(HeartbeatArgs{.executor_id = options.executor_id,
                                    .ttl = options.ttl,
                                    .stacks = options.stacks,
                                    .slots = options.slots,
                                    .free = options.free});
    if (fault) {
        return tl::unexpected(*fault);
    }
    Result<Client> presence = Client::open(options.client);
    if (!presence) {
        return tl::unexpected(presence.error());
    }
    Result<Client> acquiring = Client::open(options.client);
    if (!acquiring) {
        return tl::unexpected(acquiring.error());
    }
    return ExecutorSession(
        std::make_unique<Core>(options, *std::move(presence), *std::move(acquiring)));
}

const std::string& ExecutorSession::executor_id() const {
    return core_->executor_id;
}

const std::string& ExecutorSession::incarnation() const {
    return core_->incarnation;
}

Presence ExecutorSession::presence() const {
    return core_->with_machine([](const auto& machine) { return machine.presence(); });
}

bool ExecutorSession::draining() const {
    return core_->with_machine([](const auto& machine) { return machine.draining(); });
}

Result<void> ExecutorSession::wait_until_present(milliseconds timeout) {
    return core_->wait_until_present(clock_now() + sdk::bounded(timeout));
}

Result<Acquired> ExecutorSession::acquire(const AcquireOptions& options, CallOptions call) {
    return core_->acquire(options, call);
}

void ExecutorSession::hold(std::string_view guid, Seq epoch) {
    core_->with_machine([&](auto& machine) { machine.hold(guid, epoch); });
}

void ExecutorSession::release(std::string_view guid) {
    core_->with_machine([&](auto& machine) { machine.release(guid); });
}

std::vector<Holding> ExecutorSession::held() const {
    return core_->with_machine([](const auto& machine) { return machine.held(); });
}

void ExecutorSession::set_capacity(std::int64_t slots, std::optional<Resources> free) {
    core_->with_machine([&](auto& machine) { machine.set_capacity(slots, free); });
}

Result<Applied> ExecutorSession::depart(CallOptions options) {
    core_->with_machine([](auto& machine) { machine.depart(); });
    return core_->client().depart({.executor_id = executor_id()}, options);
}

Client& ExecutorSession::client() {
    return core_->client();
}

}  // namespace taskbbs
