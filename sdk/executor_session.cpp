// The driver of an executor's presence: a thread that runs the machine and the handlers, and two
// clients, so that a waiting acquire holds no heartbeat up.
#include "taskbbs/executor_session.hpp"

#include "sdk/call_line.hpp"
#include "sdk/client_core.hpp"
#include "sdk/entropy.hpp"
#include "sdk/presence.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace taskbbs {

namespace {

sdk::Member member_of(const ExecutorSessionOptions& options) {
    return {.executor_id = options.executor_id,
            .incarnation = sdk::random_incarnation(),
            .ttl = options.ttl,
            .stacks = options.stacks,
            .slots = options.slots,
            .free = options.free};
}

}  // namespace

class [[gnu::visibility("hidden")]] ExecutorSession::Core {
  public:
    // All of one transport.
    Core(const ExecutorSessionOptions& options,
         Client presence,
         Client acquiring,
         std::unique_ptr<sdk::Station> station);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    Core(Core&&) = delete;
    Core& operator=(Core&&) = delete;

    template <class Read>
    auto read(const Read& what) {
        const std::lock_guard lock(mutex_);
        return what(std::as_const(machine_));
    }

    // Changes the machine and lets the thread see to what follows.
    template <class Change>
    void change(const Change& what) {
        {
            const std::lock_guard lock(mutex_);
            what(machine_);
            changed_.notify_all();
        }
        station_->signal();
    }

    Result<void> wait_until_present(sdk::Duration timeout);
    Result<Acquired> acquire(const AcquireOptions& options, CallOptions call);
    void acquire(const AcquireOptions& options, Callback<Acquired> done, CallOptions call);
    void end_acquire(CallOptions call);

    const std::string executor_id;
    const std::string incarnation;

    // Of this incarnation: another one that took its place stays.
    DepartArgs departure() const {
        return {.executor_id = executor_id, .incarnation = incarnation};
    }

    Client& client() { return presence_; }

  private:
    Core(const ExecutorSessionOptions& options,
         sdk::Member member,
         Client presence,
         Client acquiring,
         std::unique_ptr<sdk::Station> station);

    void run();
    void turn();
    AcquireArgs args_of(const AcquireOptions& options, milliseconds wait);
    void hold(const std::vector<Task>& tasks);
    void beat(const HeartbeatArgs& heartbeat);
    void tell(const sdk::Notice& notice) const;

    sdk::Instant now() const { return transport_->now(); }

    const std::vector<std::string> stacks_;
    const ExecutorSessionHandlers handlers_;
    const std::shared_ptr<sdk::Transport> transport_;
    const std::unique_ptr<sdk::Station> station_;
    std::mutex mutex_;
    std::condition_variable changed_;   // for those who wait for presence
    sdk::PresenceMachine machine_;      // guarded by mutex_
    std::vector<std::string> domains_;  // of the latest acquire; guarded by mutex_
    std::atomic<bool> ending_ = false;
    std::mutex acquire_mutex_;
    // Behind all that their callbacks use, so that they go first.
    Client presence_;
    Client acquiring_;
    sdk::CallLine line_;  // the handlers'
    std::thread thread_;
};

ExecutorSession::Core::Core(const ExecutorSessionOptions& options,
                            Client presence,
                            Client acquiring,
                            std::unique_ptr<sdk::Station> station)
    : Core(options,
           member_of(options),
           std::move(presence),
           std::move(acquiring),
           std::move(station)) {}

ExecutorSession::Core::Core(const ExecutorSessionOptions& options,
                            sdk::Member member,
                            Client presence,
                            Client acquiring,
                            std::unique_ptr<sdk::Station> station)
    : executor_id(member.executor_id),
      incarnation(member.incarnation),
      stacks_(options.stacks),
      handlers_(options.handlers),
      transport_(presence.core()->transport()),
      station_(std::move(station)),
      machine_(std::move(member)),
      presence_(std::move(presence)),
      acquiring_(std::move(acquiring)),
      line_(options.client.post),
      thread_([this] { run(); }) {}

ExecutorSession::Core::~Core() {
    ending_ = true;
    station_->signal();
    thread_.join();
    line_.close();
}

void ExecutorSession::Core::run() {
    while (!ending_) {
        turn();
    }
}

// What is due is done without the lock; where nothing is, it waits for something to be.
void ExecutorSession::Core::turn() {
    std::unique_lock lock(mutex_);
    machine_.on_timer(now());
    const std::optional<HeartbeatArgs> heartbeat = machine_.take_heartbeat(now());
    const std::vector<sdk::Notice> notices = machine_.take_notices();
    const std::optional<sdk::Instant> next = machine_.next_deadline();
    if (!notices.empty()) {
        changed_.notify_all();
    }
    lock.unlock();
    if (heartbeat) {
        beat(*heartbeat);
    }
    for (const sdk::Notice& notice : notices) {
        line_.run([this, notice] { tell(notice); });
    }
    if (!heartbeat && notices.empty()) {
        station_->wait(nullptr, false, next);
    }
}

void ExecutorSession::Core::hold(const std::vector<Task>& tasks) {
    change([&](auto& machine) {
        for (const Task& task : tasks) {
            machine.hold(task.guid, task.epoch);
        }
    });
}

void ExecutorSession::Core::beat(const HeartbeatArgs& heartbeat) {
    const auto timeout = std::chrono::floor<milliseconds>(sdk::Duration(heartbeat.ttl) * 3 / 10);
    presence_.core()->begin(heartbeat,
                            [this](const Result<HeartbeatAnswer>& answer) {
                                change([&](auto& machine) { machine.on_answer(answer, now()); });
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

Result<void> ExecutorSession::Core::wait_until_present(sdk::Duration timeout) {
    std::unique_lock lock(mutex_);
    const bool decided = changed_.wait_for(
        lock, timeout, [this] { return machine_.presence() != Presence::joining; });
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

AcquireArgs ExecutorSession::Core::args_of(const AcquireOptions& options, milliseconds wait) {
    const std::lock_guard lock(mutex_);
    domains_ = options.domains;
    return {.executor_id = executor_id,
            .max = options.max,
            .stacks = options.stacks.value_or(stacks_),
            .domains = options.domains,
            .free = options.free,
            .wait = std::max(wait, milliseconds(0))};
}

Result<Acquired> ExecutorSession::Core::acquire(const AcquireOptions& options, CallOptions call) {
    const std::lock_guard one_at_a_time(acquire_mutex_);
    const sdk::Instant begun = now();
    const bool too_late = call.timeout < milliseconds(0);
    const auto wait =
        std::chrono::floor<milliseconds>(too_late ? sdk::Duration(0) : sdk::bounded(options.wait));
    const Result<void> present = wait_until_present(wait + sdk::bounded(call.timeout));
    if (!present) {
        return tl::unexpected(present.error());
    }
    const auto waited = std::chrono::floor<milliseconds>(now() - begun);
    Result<Acquired> acquired = acquiring_.acquire(args_of(options, wait - waited), call);
    if (acquired) {
        hold(acquired->tasks);
    }
    return acquired;
}

void ExecutorSession::Core::acquire(const AcquireOptions& options,
                                    Callback<Acquired> done,
                                    CallOptions call) {
    acquiring_.core()->begin(
        args_of(options, options.wait),
        [this, done = std::move(done), post = acquiring_.core()->options().post](
            Result<Acquired> acquired) {
            if (acquired) {
                hold(acquired->tasks);
            }
            if (post) {
                post([done, acquired = std::move(acquired)]() mutable {
                    done(std::move(acquired));
                });
            } else {
                done(std::move(acquired));
            }
        },
        call);
}

// An acquire is replaced by the next one of its session. This one waits for nothing and asks for a
// stack that no task can have, so that it takes none; the domains are told to others, and stay.
void ExecutorSession::Core::end_acquire(CallOptions call) {
    AcquireArgs none{.executor_id = executor_id, .stacks = {sdk::random_incarnation()}};
    {
        const std::lock_guard lock(mutex_);
        none.domains = domains_;
    }
    acquiring_.core()->begin(
        none, [](const Result<Acquired>& /*answer*/) {}, call);
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
    Result<std::shared_ptr<sdk::Transport>> transport = sdk::transport_for(options.client);
    if (!transport) {
        return tl::unexpected(transport.error());
    }
    ClientOptions client = options.client;
    client.transport = *transport;
    Result<Client> presence = Client::open(client);
    if (!presence) {
        return tl::unexpected(presence.error());
    }
    Result<Client> acquiring = Client::open(client);
    if (!acquiring) {
        return tl::unexpected(acquiring.error());
    }
    std::unique_ptr<sdk::Station> station = (*transport)->station();
    if (!station) {
        return tl::unexpected(
            Error{.code = Code::unusable_endpoint, .message = "no file descriptor is left"});
    }
    return ExecutorSession(std::make_unique<Core>(
        options, *std::move(presence), *std::move(acquiring), std::move(station)));
}

const std::string& ExecutorSession::executor_id() const {
    return core_->executor_id;
}

const std::string& ExecutorSession::incarnation() const {
    return core_->incarnation;
}

Presence ExecutorSession::presence() const {
    return core_->read([](const auto& machine) { return machine.presence(); });
}

bool ExecutorSession::draining() const {
    return core_->read([](const auto& machine) { return machine.draining(); });
}

Result<void> ExecutorSession::wait_until_present(milliseconds timeout) {
    return core_->wait_until_present(sdk::bounded(timeout));
}

Result<Acquired> ExecutorSession::acquire(const AcquireOptions& options, CallOptions call) {
    return core_->acquire(options, call);
}

void ExecutorSession::acquire(const AcquireOptions& options,
                              Callback<Acquired> done,
                              CallOptions call) {
    core_->acquire(options, std::move(done), call);
}

void ExecutorSession::end_acquire(CallOptions call) {
    core_->end_acquire(call);
}

void ExecutorSession::hold(std::string_view guid, Seq epoch) {
    core_->change([&](auto& machine) { machine.hold(guid, epoch); });
}

void ExecutorSession::release(std::string_view guid) {
    core_->change([&](auto& machine) { machine.release(guid); });
}

std::vector<Holding> ExecutorSession::held() const {
    return core_->read([](const auto& machine) { return machine.held(); });
}

void ExecutorSession::set_capacity(std::int64_t slots, std::optional<Resources> free) {
    core_->change([&](auto& machine) { machine.set_capacity(slots, free); });
}

Result<Applied> ExecutorSession::depart(CallOptions options) {
    core_->change([](auto& machine) { machine.depart(); });
    return core_->client().depart(core_->departure(), options);
}

void ExecutorSession::depart(Callback<Applied> done, CallOptions options) {
    core_->change([](auto& machine) { machine.depart(); });
    core_->client().call(core_->departure(), std::move(done), options);
}

Client& ExecutorSession::client() {
    return core_->client();
}

}  // namespace taskbbs
