// The client's face: opening, the seed's names, paging. The work is done in client_core.cpp.
#include "taskbbs/client.hpp"

#include "keys/key_pair.hpp"
#include "sdk/client_core.hpp"
#include "sdk/endpoint.hpp"
#include "sdk/watch_thread.hpp"
#include "sdk/zmq_transport.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs {

Result<std::shared_ptr<sdk::Transport>> sdk::transport_for(const ClientOptions& options) {
    if (options.transport) {
        return options.transport;
    }
    std::vector<std::string> endpoints{options.endpoint};
    if (!options.events_endpoint.empty()) {
        endpoints.push_back(options.events_endpoint);
    }
    for (const std::string& endpoint : endpoints) {
        if (const auto trouble = trouble_with_endpoint(endpoint)) {
            return tl::unexpected(Error{.code = Code::unusable_endpoint,
                                        .message = "'" + endpoint + "' " + *trouble});
        }
    }
    if (options.curve && !keys::is_key(options.curve->secret_key)) {
        return tl::unexpected(Error{.code = Code::unusable_key,
                                    .message = "the secret key is no key: 40 characters of Z85"});
    }
    if (options.curve && !keys::is_key(options.curve->server_key)) {
        return tl::unexpected(Error{.code = Code::unusable_key,
                                    .message = "the server's key is no key: 40 characters of Z85"});
    }
    return std::make_shared<ZmqTransport>(options.curve);
}

Client::Client(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Client::Client(Client&&) noexcept = default;

Client& Client::operator=(Client&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
}

Client::~Client() {
    if (core_) {
        core_->close();
    }
}

Result<Client> Client::open(ClientOptions options) {
    constexpr std::size_t most_calls = 1'048'576;
    Result<std::shared_ptr<sdk::Transport>> transport = sdk::transport_for(options);
    if (!transport) {
        return tl::unexpected(transport.error());
    }
    sdk::SessionSettings settings;
    settings.calls = std::clamp<std::size_t>(options.max_calls, 1, most_calls);
    auto io = sdk::IoThread::start(*transport, options.endpoint, settings);
    if (!io) {
        return tl::unexpected(io.error());
    }
    return Client(
        std::make_shared<Core>(std::move(options), *std::move(transport), *std::move(io)));
}

// ---- every verb ------------------------------------------------------------------------------

template <class Args>
Result<typename Args::Reply> Client::call(const Args& args, CallOptions options) {
    return core_->call(args, options);
}

template <class Args>
void Client::begin(const Args& args, Callback<typename Args::Reply> done, CallOptions options) {
    core_->begin_posted(args, std::move(done), options);
}

#define TASKBBS_CALL(Args)                                               \
    template Result<Args::Reply> Client::call(const Args&, CallOptions); \
    template void Client::begin(const Args&, Callback<Args::Reply>, CallOptions)

TASKBBS_CALL(HelloArgs);
TASKBBS_CALL(DesireArgs);
TASKBBS_CALL(ClaimArgs);
TASKBBS_CALL(AcquireArgs);
TASKBBS_CALL(StartArgs);
TASKBBS_CALL(CompleteArgs);
TASKBBS_CALL(RejectArgs);
TASKBBS_CALL(CancelArgs);
TASKBBS_CALL(ResolvingArgs);
TASKBBS_CALL(ResolveArgs);
TASKBBS_CALL(GetArgs);
TASKBBS_CALL(ListArgs);
TASKBBS_CALL(ConvergeArgs);
TASKBBS_CALL(HeartbeatArgs);
TASKBBS_CALL(DepartArgs);
TASKBBS_CALL(DrainArgs);
TASKBBS_CALL(ExecutorsArgs);
TASKBBS_CALL(ReplayArgs);
TASKBBS_CALL(StatsArgs);
TASKBBS_CALL(ExplainArgs);
TASKBBS_CALL(PauseArgs);
TASKBBS_CALL(ResumeArgs);
TASKBBS_CALL(PausedArgs);

#undef TASKBBS_CALL

// ---- the seed's names ------------------------------------------------------------------------

Result<Applied> Client::desire_task(const Task& task, CallOptions options) {
    return call(DesireArgs{.task = task}, options);
}

Result<Owned> Client::claim_task(std::string_view guid,
                                 std::string_view executor_id,
                                 CallOptions options) {
    return call(ClaimArgs{.guid = std::string(guid), .executor_id = std::string(executor_id)},
                options);
}

Result<Applied> Client::start_task(std::string_view guid,
                                   std::string_view executor_id,
                                   Seq epoch,
                                   std::string_view container_handle,
                                   CallOptions options) {
    return call(StartArgs{.guid = std::string(guid),
                          .executor_id = std::string(executor_id),
                          .epoch = epoch,
                          .container_handle = std::string(container_handle)},
                options);
}

Result<Applied> Client::complete_task(std::string_view guid,
                                      Seq epoch,
                                      const Outcome& outcome,
                                      CallOptions options) {
    return call(CompleteArgs{.guid = std::string(guid),
                             .epoch = epoch,
                             .failed = outcome.failed,
                             .failure_reason = outcome.failure_reason,
                             .result = outcome.result},
                options);
}

Result<Owned> Client::resolving_task(std::string_view guid, CallOptions options) {
    return call(ResolvingArgs{.guid = std::string(guid)}, options);
}

Result<Applied> Client::resolve_task(std::string_view guid, Seq epoch, CallOptions options) {
    return call(ResolveArgs{.guid = std::string(guid), .epoch = epoch}, options);
}

Result<Converged> Client::converge_tasks(milliseconds time_to_claim,
                                         milliseconds convergence_interval,
                                         CallOptions options) {
    return call(
        ConvergeArgs{.time_to_claim = time_to_claim, .convergence_interval = convergence_interval},
        options);
}

namespace {

ListArgs full_list_of(std::optional<State> state) {
    constexpr std::int64_t page = 1000;
    return {.state = state, .full = true, .limit = page};
}

}  // namespace

Result<std::vector<Task>> Client::get_all_tasks(CallOptions options) {
    return list_all(full_list_of(std::nullopt), options);
}

Result<std::vector<Task>> Client::get_all_pending_tasks(CallOptions options) {
    return list_all(full_list_of(State::pending), options);
}

Result<std::vector<Task>> Client::get_all_claimed_tasks(CallOptions options) {
    return list_all(full_list_of(State::claimed), options);
}

Result<std::vector<Task>> Client::get_all_running_tasks(CallOptions options) {
    return list_all(full_list_of(State::running), options);
}

Result<std::vector<Task>> Client::get_all_completed_tasks(CallOptions options) {
    return list_all(full_list_of(State::completed), options);
}

Result<std::vector<Task>> Client::get_all_resolving_tasks(CallOptions options) {
    return list_all(full_list_of(State::resolving), options);
}

Result<std::vector<Task>> Client::list_all(ListArgs args, CallOptions options) {
    const sdk::Transport& clock = *core_->transport();
    const sdk::Instant end = clock.now() + sdk::bounded(options.timeout);
    std::vector<Task> all;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(end - clock.now());
        Result<TaskPage> page = call(args, CallOptions{.timeout = std::max(left, milliseconds(0))});
        if (!page) {
            return tl::unexpected(page.error());
        }
        std::move(page->tasks.begin(), page->tasks.end(), std::back_inserter(all));
        const std::optional<std::string> next = std::move(page->cursor);
        if (!next) {
            return all;
        }
        args.cursor = *next;
    }
}

// ---- watches ---------------------------------------------------------------------------------

Watch Client::watch(WatchOptions options, WatchHandlers handlers) {
    auto thread = std::make_shared<Watch::Thread>(*core_, std::move(options), std::move(handlers));
    core_->adopt(thread);
    thread->start();
    return Watch(thread);
}

Watch Client::watch_for_desired_task(TaskHandler on_task,
                                     EndHandler on_end,
                                     std::vector<std::string> domains) {
    return watch_for(Stream::pending, std::move(on_task), std::move(on_end), std::move(domains));
}

Watch Client::watch_for_completed_task(TaskHandler on_task,
                                       EndHandler on_end,
                                       std::vector<std::string> domains) {
    return watch_for(Stream::completed, std::move(on_task), std::move(on_end), std::move(domains));
}

Watch Client::watch_for(Stream stream,
                        TaskHandler on_task,
                        EndHandler on_end,
                        std::vector<std::string> domains) {
    WatchHandlers handlers;
    handlers.on_listed = on_task;
    handlers.on_event = [on_task = std::move(on_task)](const Event& event) { on_task(event.task); };
    handlers.on_end = std::move(on_end);
    return watch({.streams = {stream}, .domains = std::move(domains), .from = WatchFrom::listing},
                 std::move(handlers));
}

}  // namespace taskbbs
