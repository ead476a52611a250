// The driver of a requester.
#include "sdk/entropy.hpp"
#include "sdk/requester_core.hpp"

namespace taskbbs {

namespace {

using sdk::Instant;

constexpr CallOptions call_options{.timeout = milliseconds(30'000)};
// For the resolves of what was handled, when the requester goes; real time.
constexpr milliseconds last_words{5'000};

std::string domain_of(const RequesterOptions& options) {
    return options.domain.empty() ? options.name : options.domain;
}

std::optional<Error> fault_of(const RequesterOptions& options) {
    Error error{.code = Code::refused,
                .status = Status::invalid_request,
                .status_name = std::string(name_of(Status::invalid_request)),
                .message = "a requester's name must be of 1 to 63 of A-Z a-z 0-9 _",
                .field = "name"};
    constexpr std::size_t longest = 63;
    if (options.name.empty() || options.name.size() > longest ||
        options.name.find('-') != std::string::npos ||
        sdk::fault_of(DesireArgs{.task = {.guid = options.name}})) {
        return error;
    }
    return sdk::fault_of(DesireArgs{.task = {.guid = options.name, .domain = domain_of(options)}});
}

}  // namespace

Requester::Core::Core(RequesterOptions options,
                      Client client,
                      std::unique_ptr<sdk::LoopThread> loop)
    : options_(std::move(options)),
      prefix_(options_.name + "-"),
      line_(options_.client.post),
      machine_({.prefix = prefix_, .wants_all = options_.handlers.on_completed != nullptr}),
      loop_(std::move(loop)),
      client_(std::move(client)) {}

void Requester::Core::begin() {
    loop_->begin([this](Instant now) { return on_turn(now); });
    watch_ = client_.watch({.streams = {Stream::completed, Stream::resolved},
                            .domains = {domain_of(options_)},
                            .from = WatchFrom::listing},
                           watch_handlers());
}

WatchHandlers Requester::Core::watch_handlers() {
    return {.on_event = [this](const Event& event) { note_task(event.task, event.seq); },
            .on_listed = [this](const Task& task) { note_task(task, task.seq); },
            .on_reset = [this](const Reset& /*reset*/) { note_reset(); },
            .on_end = [this](const std::optional<Error>& error) { note_end(error); }};
}

void Requester::Core::note_task(const Task& task, Seq seq) {
    tell_machine([guid = task.guid, state = task.state, seq](Machine& machine, Instant /*now*/) {
        if (state == taskbbs::State::completed) {
            machine.on_completed(guid, seq);
        } else if (state == taskbbs::State::resolved) {
            machine.on_resolved(guid, seq);
        }
    });
}

void Requester::Core::note_reset() {
    tell_machine([](Machine& machine, Instant /*now*/) { machine.on_reset(); });
}

void Requester::Core::note_end(const std::optional<Error>& error) {
    const auto& told = options_.handlers.on_failure;
    if (error && told) {
        loop_->mailbox()->put(
            [this, told, error](Instant /*now*/) { line_.run([told, error] { told(*error); }); });
    }
}

void Requester::Core::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    watch_.stop();
    line_.close();
    flush();
    loop_->close();
    std::map<std::string, std::shared_ptr<State>, std::less<>> left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(states_);
    }
    for (const auto& [guid, state] : left) {
        state->close();
    }
}

// What was handled should be off the board, or the next life is handed it again.
void Requester::Core::flush() {
    loop_->mailbox()->put([this](Instant /*now*/) { flushing_ = true; });
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, last_words, [this] { return flushed_; });
}

// ---- what the user asks for ------------------------------------------------------------------

SubmittedTask Requester::Core::submit(Task task) {
    task.guid = prefix_ + (task.guid.empty() ? sdk::random_incarnation() : task.guid);
    task.domain = domain_of(options_);
    // The handle and the letter under one lock: what ends the former task of this key comes before
    // both, or behind both.
    const std::lock_guard lock(mutex_);
    const std::shared_ptr<State> state = state_of(task.guid);
    state->begin_submit();
    tell_machine([task = std::move(task), state](Machine& machine, Instant /*now*/) {
        machine.submit(task);
        state->end_submit();
    });
    return SubmittedTask(state);
}

Result<std::vector<SubmittedTask>> Requester::Core::open_tasks(CallOptions options) {
    const Result<std::vector<Task>> all =
        client_.list_all({.domain = domain_of(options_), .limit = protocol::max_list}, options);
    if (!all) {
        return tl::unexpected(all.error());
    }
    std::vector<SubmittedTask> open;
    for (const Task& task : *all) {
        if (!task.guid.starts_with(prefix_)) {
            continue;
        }
        const std::lock_guard lock(mutex_);
        open.emplace_back(state_of(task.guid));
        tell_machine(
            [guid = task.guid](Machine& machine, Instant /*now*/) { machine.attach(guid); });
    }
    return open;
}

// Under the lock.
std::shared_ptr<Requester::Core::State> Requester::Core::state_of(const std::string& guid) {
    std::shared_ptr<State>& state = states_[guid];
    if (!state) {
        state = std::make_shared<State>(guid, weak_from_this());
    }
    return state;
}

std::shared_ptr<SubmittedTask::State> Requester::Core::find(const std::string& guid) {
    const std::lock_guard lock(mutex_);
    const auto found = states_.find(guid);
    return found == states_.end() ? nullptr : found->second;
}

void Requester::Core::want(const std::string& guid) {
    tell_machine([guid](Machine& machine, Instant /*now*/) { machine.want(guid); });
}

void Requester::Core::note_waited(const std::shared_ptr<State>& state,
                                  bool wanted,
                                  bool has_outcome) {
    // Handlers that are there say themselves when they have handled it.
    if (has_outcome && !options_.handlers.on_completed && !state->had_callback()) {
        note_handled(state->guid(), state->epoch(), state);
    }
    if (wanted) {
        tell_machine(
            [guid = state->guid()](Machine& machine, Instant /*now*/) { machine.unwant(guid); });
    }
}

// From here on its key is free for another task.
void Requester::Core::note_handled(const std::string& guid,
                                   Seq epoch,
                                   const std::shared_ptr<State>& state) {
    const std::lock_guard lock(mutex_);
    const auto found = states_.find(guid);
    if (found != states_.end() && found->second == state) {
        states_.erase(found);
    }
    tell_machine(
        [guid, epoch](Machine& machine, Instant /*now*/) { machine.on_handled(guid, epoch); });
}

bool Requester::Core::adopt(const std::shared_ptr<State>& state) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            return false;
        }
        states_.try_emplace(state->guid(), state);
    }
    loop_->mailbox()->put([this, state](Instant /*now*/) {
        machine_.want(state->guid());
        if (state->has_outcome()) {
            serve(state);
        }
    });
    return true;
}

// ---- the loop --------------------------------------------------------------------------------

std::optional<Instant> Requester::Core::on_turn(Instant now) {
    machine_.on_timer(now);
    for (auto actions = machine_.take_actions(); !actions.empty();
         actions = machine_.take_actions()) {
        for (const sdk::RequestAction& action : actions) {
            std::visit([this](const auto& what) { act(what); }, action);
        }
    }
    if (flushing_ && machine_.unresolved() == 0) {
        const std::lock_guard lock(mutex_);
        flushed_ = true;
        changed_.notify_all();
    }
    return machine_.next_deadline();
}

template <class Args>
void Requester::Core::call(const std::string& guid,
                           const Args& args,
                           void (Machine::*then)(const std::string&,
                                                 const Result<typename Args::Reply>&,
                                                 Instant)) {
    using Answer = Result<typename Args::Reply>;
    client_.core()->begin<Args>(
        args,
        [this, guid, then](Answer answer) {
            tell_machine([guid, then, answer = std::move(answer)](Machine& machine, Instant now) {
                (machine.*then)(guid, answer, now);
            });
        },
        call_options);
}

void Requester::Core::act(const sdk::PostRequest& action) {
    call(action.args.task.guid, action.args, &Machine::on_posted);
}

void Requester::Core::act(const sdk::LookAtRequest& action) {
    call(action.guid, GetArgs{action.guid}, &Machine::on_looked);
}

void Requester::Core::act(const sdk::TakeOutcome& action) {
    call(action.guid, ResolvingArgs{action.guid}, &Machine::on_taken);
}

void Requester::Core::act(const sdk::ResolveRequest& action) {
    call(action.args.guid, action.args, &Machine::on_resolve_answered);
}

void Requester::Core::act(const sdk::TellPosted& action) {
    if (const auto state = find(action.guid)) {
        state->set_posted({});
    }
}

// Those who wait() say themselves that they have it.
void Requester::Core::act(const sdk::HandOver& action) {
    const std::shared_ptr<State> state = find(action.guid);
    if (state) {
        state->set_posted({});
        state->set_outcome(action.task);
    }
    const auto& on_completed = options_.handlers.on_completed;
    if (!on_completed) {
        serve(state);
        return;
    }
    line_.run([core = weak_from_this(), on_completed, state, task = action.task] {
        if (state) {
            state->serve();
        }
        on_completed(task);
        // It may have ended its requester.
        if (const auto self = core.lock()) {
            self->note_handled(task.guid, task.epoch, state);
        }
    });
}

void Requester::Core::act(const sdk::TellFailure& action) {
    std::shared_ptr<State> state;
    {
        const std::lock_guard lock(mutex_);
        const auto found = states_.find(action.guid);
        if (found == states_.end() || is_submitted_again(*found->second)) {
            return;
        }
        state = found->second;
        states_.erase(found);
    }
    state->set_posted(tl::unexpected(action.error));
    state->set_outcome(tl::unexpected(action.error));
    serve(state);
}

void Requester::Core::act(const sdk::ForgetRequest& action) {
    const std::lock_guard lock(mutex_);
    const auto found = states_.find(action.guid);
    if (found != states_.end() && !found->second->has_callback() &&
        !is_submitted_again(*found->second)) {
        states_.erase(found);
    }
}

// Since the former task of this key came to its end: what is known of it here is of the next one.
bool Requester::Core::is_submitted_again(const State& state) const {
    return state.is_being_submitted() || machine_.knows(state.guid());
}

// Calls what waits for the outcome, where handlers are called; then it is handled.
void Requester::Core::serve(const std::shared_ptr<State>& state) {
    if (!state || !state->has_callback()) {
        return;
    }
    line_.run([core = weak_from_this(), state] {
        state->serve();
        if (const auto self = core.lock()) {
            self->note_handled(state->guid(), state->epoch(), state);
        }
    });
}

// ---- the face --------------------------------------------------------------------------------

Requester::Requester(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Requester::Requester(Requester&&) noexcept = default;

Requester& Requester::operator=(Requester&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
}

Requester::~Requester() {
    if (core_) {
        core_->close();
    }
}

Result<Requester> Requester::open(RequesterOptions options) {
    if (const std::optional<Error> fault = fault_of(options)) {
        return tl::unexpected(*fault);
    }
    ClientOptions at = options.client;
    at.post = {};  // what comes to the requester itself
    Result<Client> client = Client::open(std::move(at));
    if (!client) {
        return tl::unexpected(client.error());
    }
    auto loop = sdk::LoopThread::make(client->core()->transport());
    if (!loop) {
        return tl::unexpected(loop.error());
    }
    auto core = std::make_shared<Core>(std::move(options), *std::move(client), *std::move(loop));
    core->begin();
    return Requester(std::move(core));
}

SubmittedTask Requester::submit(Task task) {
    return core_->submit(std::move(task));
}

Result<std::vector<SubmittedTask>> Requester::open_tasks(CallOptions options) {
    return core_->open_tasks(options);
}

}  // namespace taskbbs
