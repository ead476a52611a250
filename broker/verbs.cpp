// What each verb does, in the order of docs/protocol.md, section 4: arguments, decision, event,
// answer.
#include "broker/broker.hpp"
#include "broker/core/explain.hpp"
#include "broker/core/list.hpp"
#include "broker/tags.hpp"
#include "protocol/codec.hpp"
#include "protocol/in_order.hpp"

#include <algorithm>
#include <array>
#include <concepts>

namespace taskbbs::broker {

using protocol::Packer;
using protocol::Status;

namespace {

// Requests that wait for a pass: beyond these, `busy`.
constexpr std::size_t max_asked_passes = 1024;

// What the board takes no more of while the disk is short of space.
constexpr bool is_new_work(Verb verb) {
    return verb == Verb::desire || verb == Verb::claim || verb == Verb::acquire;
}

const core::Refused read_only{
    Status::read_only,
    {.message = "the broker's disk is short of space, so it takes no new work; try again later"}};

}  // namespace

Broker::Handler Broker::handler_of(Verb verb) {
    static constexpr std::array<Handler, protocol::names<Verb>.size()> handlers{
        &Broker::hello,
        &Broker::mutate<protocol::DesireArgs>,
        &Broker::mutate<protocol::ClaimArgs>,
        &Broker::acquire,
        &Broker::mutate<protocol::StartArgs>,
        &Broker::mutate<protocol::CompleteArgs>,
        &Broker::mutate<protocol::RejectArgs>,
        &Broker::mutate<protocol::CancelArgs>,
        &Broker::mutate<protocol::ResolvingArgs>,
        &Broker::mutate<protocol::ResolveArgs>,
        &Broker::get,
        &Broker::list,
        &Broker::converge,
        &Broker::heartbeat,
        &Broker::mutate<protocol::DepartArgs>,
        &Broker::mutate<protocol::DrainArgs>,
        &Broker::executors,
        &Broker::replay,
        &Broker::stats,
        &Broker::explain,
        &Broker::mutate<protocol::PauseArgs>,
        &Broker::mutate<protocol::ResumeArgs>,
        &Broker::paused,
    };
    return handlers[static_cast<std::size_t>(verb)];
}

// False: they are not what the verb wants, or nothing that this client may ask, and that is
// answered.
template <class Args>
bool Broker::read(const Caller& caller, const Request& request, Args& args) {
    if (!request.packed.empty()) {
        if (!protocol::decode_in_order(request.packed, args)) {
            return false;
        }
    } else if (const auto fault = decode(request.args, args)) {
        refuse(caller, *fault);
        return false;
    }
    if (!caller.grant) {
        return true;
    }
    const auto granted = core::check_grant(board_, *caller.grant, args);
    if (!granted) {
        refuse(caller, granted.error());
    }
    return granted.has_value();
}

template <class Args>
void Broker::mutate(const Caller& caller, const Request& request) {
    Args args;
    if (!read(caller, request, args)) {
        return;
    }
    auto event = core::decide(board_, args, now_);
    const bool would_begin = event || event.error().status == Status::busy;
    if (read_only_ && is_new_work(Args::verb) && would_begin) {
        return refuse(caller, read_only);
    }
    if (!event) {
        return refuse(caller, event.error());
    }
    if (!has_session(caller)) {
        return;
    }
    const Slot slot = commit(*event, &caller, Args::verb);
    using Reply = typename Args::Reply;
    if constexpr (std::same_as<Args, protocol::DepartArgs>) {
        answer_departed(caller, board_.executors().find(args.executor_id));
    } else if constexpr (std::same_as<Reply, protocol::OwnedReply>) {
        reply(caller, Reply{board_.seq(), board_.seq(), board_.tasks().view(slot)});
    } else if constexpr (std::same_as<Reply, protocol::RejectReply>) {
        reply(caller, Reply{board_.seq(), event->to});
    } else {
        reply(caller, Reply{board_.seq()});
    }
}

void Broker::hello(const Caller& caller, const Request& /*request*/) {
    const core::LimitSettings& limits = board_.settings().limits;
    protocol::Names features{"hello.sync",
                             "hello.seq",
                             "stats.more",
                             "stats.times",
                             "stats.report",
                             "explain",
                             "executors.domains",
                             "pause",
                             "depart.incarnation"};
    if (caller.grant && caller.grant->is_bounded()) {
        features.emplace_back("events_denied");
    }
    const std::string role = caller.grant ? core::roles_text(*caller.grant) : "operator";
    reply(caller,
          protocol::HelloReply{
              .server = identity_.server,
              .broker_id = identity_.broker_id,
              .log = identity_.log,
              .events = identity_.events,
              .limits = {.message_bytes = static_cast<std::int64_t>(limits.message_bytes),
                         .reply_bytes = static_cast<std::int64_t>(limits.reply_bytes),
                         .requests = static_cast<std::int64_t>(protocol::max_requests),
                         .unacked = static_cast<std::int64_t>(limits.unacked),
                         .payload_bytes = static_cast<std::int64_t>(limits.payload_bytes),
                         .result_bytes = static_cast<std::int64_t>(limits.result_bytes)},
              .features = std::move(features),
              .role = role,
              .sync = identity_.sync,
              .seq = board_.seq(),
          });
}

// ---- acquire ---------------------------------------------------------------------------------

void Broker::acquire(const Caller& caller, const Request& request) {
    protocol::AcquireArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    if (caller.grant) {
        core::bound(*caller.grant, args);
    }
    note_domains(args);
    if (read_only_) {
        return refuse(caller, read_only);
    }
    if (has_asked_too_much(caller)) {
        return;
    }
    const core::Choice choice = core::choose(board_, args);
    current_.looks += choice.looks;
    const std::vector<Slot>& chosen = choice.tasks;
    const bool may_wait =
        args.wait > core::milliseconds{0} && !core::is_draining(board_, args.executor_id);
    if (chosen.empty() && may_wait) {
        return wait(caller, args);
    }
    // The same request, received before, is answered once, now; another one is replaced.
    const auto waiting = waiters_.take_same(caller.session, args.executor_id);
    if (waiting && waiting->id != caller.id) {
        reply_empty(*waiting);
    }
    if (chosen.empty()) {
        return reply_tasks(caller, {}, board_.seq());
    }
    if (!has_session(caller)) {
        return;
    }
    hand_over(caller, args.executor_id, chosen);
}

void Broker::wait(const Caller& caller, const protocol::AcquireArgs& args) {
    if (!may_wait(caller, args)) {
        return;
    }
    const auto replaced = waiters_.add({
        .reply_to = caller.peer,
        .session = caller.session,
        .id = caller.id,
        .executor_id = std::string(args.executor_id),
        .max = args.max,
        .stacks = {args.stacks.begin(), args.stacks.end()},
        .domains = {args.domains.begin(), args.domains.end()},
        .free = args.free,
        .until = now_ + args.wait,
        .grant = caller.grant,
    });
    waits_ = true;
    if (replaced) {
        reply_empty(*replaced);
    }
}

void Broker::hand_over(const Caller& caller,
                       std::string_view executor_id,
                       const std::vector<Slot>& tasks) {
    for (const Slot task : tasks) {
        Event event = core::claim_task(board_, task, executor_id);
        commit(event, &caller, Verb::acquire);
    }
    reply_tasks(caller, tasks, board_.seq());
}

void Broker::reply_tasks(const Caller& caller, const std::vector<Slot>& tasks, core::Seq seq) {
    std::string packed;
    Packer packer(packed);
    for (const Slot task : tasks) {
        encode(packer, board_.tasks().view(task));
    }
    reply(caller,
          protocol::AcquireReply{{static_cast<std::uint32_t>(tasks.size()), packed, {}}, seq});
}

void Broker::reply_empty(const core::Waiter& waiter) {
    reply_tasks({waiter.reply_to, waiter.session, waiter.id, Verb::acquire, waiter.grant},
                {},
                board_.seq());
}

// ---- reads -----------------------------------------------------------------------------------

void Broker::get(const Caller& caller, const Request& request) {
    protocol::GetArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    const auto slot = core::find_task(board_, args.guid);
    if (!slot) {
        return refuse(caller, slot.error());
    }
    reply(caller, protocol::GetReply{board_.tasks().view(*slot), board_.seq()});
}

void Broker::list(const Caller& caller, const Request& request) {
    protocol::ListArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    if (args.state == core::State::resolved) {
        return refuse(
            caller,
            Status::invalid_request,
            {.message = "state must be one of: pending claimed running completed resolving",
             .field = "state"});
    }
    const auto page = core::list(board_, args, caller.grant.get());
    if (!page) {
        return refuse(caller, page.error());
    }
    reply(caller, protocol::ListReply{{page->count, page->packed, {}}, page->cursor, board_.seq()});
}

void Broker::executors(const Caller& caller, const Request& request) {
    protocol::ExecutorsArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    const core::Page page = core::list_executors(board_, args, now_, caller.grant.get());
    reply(caller,
          protocol::ExecutorsReply{{page.count, page.packed, {}}, page.cursor, board_.seq()});
}

void Broker::explain(const Caller& caller, const Request& request) {
    protocol::ExplainArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    auto facts = core::explain(board_, args, now_);
    if (!facts) {
        return refuse(caller, facts.error());
    }
    facts->next_pass_at = next_pass_;
    facts->brake = presence_.brake();
    facts->read_only = read_only_;
    std::string packed;
    Packer packer(packed);
    encode(packer, *facts, protocol::Defaults::keep, protocol::header);
    reply_packed(caller, packed);
}

void Broker::paused(const Caller& caller, const Request& /*request*/) {
    std::string packed;
    Packer packer(packed);
    std::uint32_t count = 0;
    for (const core::Pause& pause : board_.pauses()) {
        const core::Queues queues = pause.queues();
        if (!caller.grant || caller.grant->covers_domain(queues.domain)) {
            encode(packer, protocol::PauseView{queues.domain, queues.stack, pause.since});
            ++count;
        }
    }
    reply(caller, protocol::PausedReply{{count, packed, {}}, board_.seq()});
}

void Broker::replay(const Caller& caller, const Request& request) {
    protocol::ReplayArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    if (caller.grant) {
        core::bound(*caller.grant, args);
    }
    journal::Query query = query_of(args);
    query.up_to = durable_seq_;
    query.reply_bytes = board_.settings().limits.reply_bytes;
    query.now = board_.clock().peek(now_);
    const std::uint64_t token = next_token_++;
    if (!replay_queue_.add(caller.peer, {token, std::move(query)})) {
        return refuse(
            caller, Status::busy, {.message = "too many replays are under way: try again later"});
    }
    replays_.emplace(token, Replay{caller, durable_seq_});
    waits_ = true;
    ask_history();
}

// ---- executors -------------------------------------------------------------------------------

void Broker::heartbeat(const Caller& caller, const Request& request) {
    protocol::HeartbeatArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    beat(caller, args);
}

void Broker::beat(const Caller& caller, const protocol::HeartbeatArgs& args) {
    auto verdict = core::decide(board_, args);
    const bool restarts = verdict && verdict->next == core::Beat::Next::restart;
    if (restarts) {
        commit(verdict->event);
        verdict = core::decide(board_, args);  // joins, or waits for the last of its tasks
    }
    if (!verdict) {
        return refuse(caller, verdict.error());
    }
    if (verdict->next == core::Beat::Next::wait) {
        Parked parked{caller, {}};
        Packer packer(parked.heartbeat);
        encode(packer, args);
        return park(verdict->executor, std::move(parked));
    }
    if (verdict->next == core::Beat::Next::join) {
        // A successor takes the place that was just left.
        if (!restarts && !may_join(caller)) {
            return;
        }
        commit(verdict->event);
        verdict->executor = board_.executors().find(args.executor_id);
        joined_by_.joined(verdict->executor, caller.peer);
    }
    presence_.renew(board_, verdict->executor, now_);
    note_offer(verdict->executor, args);
    const core::ExecutorRecord& executor = board_.executors()[verdict->executor];
    reply(
        caller,
        protocol::HeartbeatReply{
            executor.ttl, core::stale_tasks(board_, executor.id, args.running), executor.draining});
}

// What it offers, for others to see.
void Broker::note_offer(Slot slot, const protocol::HeartbeatArgs& args) {
    board_.executors().list_stacks(slot, args.stacks, board_.settings().limits.executors);
    core::ExecutorRecord& executor = board_.executors()[slot];
    executor.slots = args.slots;
    executor.free = args.free;
}

void Broker::note_domains(const protocol::AcquireArgs& args) {
    const Slot slot = board_.executors().find(args.executor_id);
    if (slot != core::no_slot && board_.executors()[slot].present) {
        board_.executors().list_domains(slot, args.domains, board_.settings().limits.executors);
    }
}

// A depart is answered after the last task that it ended.
void Broker::answer_departed(const Caller& caller, Slot executor) {
    if (executor != core::no_slot) {
        const core::ExecutorRecord& record = board_.executors()[executor];
        const bool is_the_cause =
            record.departed_by.session == caller.session && record.departed_by.id == caller.id;
        if (record.is_being_lost() && is_the_cause) {
            return park(executor, {caller, {}});
        }
    }
    if (const core::Outcome* outcome = board_.sessions().find(caller.session, caller.id)) {
        reply(caller, protocol::SeqReply{outcome->last});
    }
}

void Broker::park(Slot executor, Parked parked) {
    const Caller caller = parked.caller;
    if (!parking_.add(executor, std::move(parked))) {
        return refuse(
            caller,
            Status::busy,
            {.message = "too many requests wait for executors' last tasks to end: try again"});
    }
}

// ---- the operator's --------------------------------------------------------------------------

void Broker::converge(const Caller& caller, const Request& request) {
    protocol::ConvergeArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    std::vector<Caller>* const askers = askers_with(caller);
    if ((askers != nullptr ? askers->size() : asked_passes_.size()) >= max_asked_passes) {
        return refuse(
            caller, Status::busy, {.message = "too many passes are asked for: try later"});
    }
    if (askers != nullptr) {
        askers->push_back(caller);
    } else {
        asked_passes_.push_back({{caller}, args});
    }
}

// Of the same request: a client asks again while a pass takes long, and is not to get a pass for
// each time. Null: it is new.
std::vector<Caller>* Broker::askers_with(const Caller& caller) {
    const auto are_of = [&caller](const std::vector<Caller>& askers) {
        return !askers.empty() && askers.front().session == caller.session &&
               askers.front().id == caller.id;
    };
    if (pass_ && are_of(pass_->askers)) {
        return &pass_->askers;
    }
    const auto asked = std::ranges::find_if(asked_passes_, are_of, &AskedPass::askers);
    return asked == asked_passes_.end() ? nullptr : &asked->askers;
}

}  // namespace taskbbs::broker
