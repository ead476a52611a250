// Each verb's event and the task after it, made up from the request alone.
#include "bench/stub/yes_broker.hpp"

#include "broker/core/settings.hpp"
#include "broker/tags.hpp"
#include "protocol/in_order.hpp"
#include "protocol/plain_requests.hpp"

#include <concepts>

namespace taskbbs::bench {

using protocol::Kind;
using protocol::State;
using protocol::Status;
using protocol::Verb;

namespace {

constexpr std::string_view some_executor = "bench-executor-0000";
constexpr std::string_view some_handle = "handle";

// What the request makes of its task.
struct Change {
    Kind kind;
    State to;
};

template <class Args>
constexpr Change change_of() {
    if constexpr (std::same_as<Args, protocol::DesireArgs>) {
        return {Kind::desired, State::pending};
    } else if constexpr (std::same_as<Args, protocol::ClaimArgs>) {
        return {Kind::claimed, State::claimed};
    } else if constexpr (std::same_as<Args, protocol::StartArgs>) {
        return {Kind::started, State::running};
    } else if constexpr (std::same_as<Args, protocol::CompleteArgs>) {
        return {Kind::completed, State::completed};
    } else if constexpr (std::same_as<Args, protocol::ResolvingArgs>) {
        return {Kind::resolving, State::resolving};
    } else {
        return {Kind::resolved, State::resolved};
    }
}

template <class Args>
std::string_view guid_of(const Args& args) {
    if constexpr (std::same_as<Args, protocol::DesireArgs>) {
        return args.task.guid;
    } else {
        return args.guid;
    }
}

}  // namespace

YesBroker::YesBroker(std::string events, Seq next_seq, Time began)
    : events_(std::move(events)), seq_(next_seq - 1), durable_seq_(seq_), began_(began) {}

Outbox YesBroker::new_outbox() {
    const core::LimitSettings limits;
    return {limits.reply_bytes, 2 * limits.peer_reply_bytes + limits.reply_bytes};
}

void YesBroker::receive(const Peer& peer, std::string_view frame, Time now) {
    now_ = now;
    if (!protocol::parse_plain_requests(frame, message_)) {
        auto parsed = protocol::parse_requests(document_, frame);
        if (!parsed) {
            const protocol::EnvelopeFault& fault = parsed.error();
            return gathering_.refuse(peer, 0, fault.status, {.message = fault.message});
        }
        message_ = *std::move(parsed);
    }
    for (const protocol::Request& request : message_.requests) {
        handle({peer, message_.session, request.id}, request);
    }
}

void YesBroker::handle(const Caller& caller, const protocol::Request& request) {
    const auto verb = protocol::named<Verb>(request.verb);
    if (!verb || (request.packed.empty() && !protocol::has_valid_texts(*verb, request.args))) {
        return gathering_.refuse(caller.peer, caller.id, Status::unknown_verb, {});
    }
    switch (*verb) {
        case Verb::hello:
            return hello(caller);
        case Verb::heartbeat:
            return heartbeat(caller, request);
        case Verb::desire:
            return agree<protocol::DesireArgs>(caller, request);
        case Verb::claim:
            return agree<protocol::ClaimArgs>(caller, request);
        case Verb::start:
            return agree<protocol::StartArgs>(caller, request);
        case Verb::complete:
            return agree<protocol::CompleteArgs>(caller, request);
        case Verb::resolving:
            return agree<protocol::ResolvingArgs>(caller, request);
        case Verb::resolve:
            return agree<protocol::ResolveArgs>(caller, request);
        default:
            return gathering_.refuse(
                caller.peer,
                caller.id,
                Status::unknown_verb,
                {.message = "the stub knows the lifecycle, hello and heartbeat"});
    }
}

// False: they are not what the verb wants, and that is answered.
template <class Args>
bool YesBroker::read(const Caller& caller, const protocol::Request& request, Args& args) {
    if (!request.packed.empty()) {
        return protocol::decode_in_order(request.packed, args);
    }
    const auto fault = decode(request.args, args);
    if (fault) {
        gathering_.refuse(caller.peer, caller.id, fault->status, {.message = fault->message});
    }
    return !fault;
}

template <class Args>
void YesBroker::agree(const Caller& caller, const protocol::Request& request) {
    Args args;
    if (!read(caller, request, args)) {
        return;
    }
    constexpr Change change = change_of<Args>();
    Event event{.kind = change.kind, .to = change.to, .guid = guid_of(args)};
    event.origin = {caller.session, caller.id, message_.acked, Args::verb};
    protocol::TaskView task;
    if constexpr (std::same_as<Args, protocol::DesireArgs>) {
        task = args.task;
        payload_ = args.task.payload;
        event.desired = task;
    } else {
        task.guid = event.guid;
        task.executor_id = some_executor;
        task.container_handle = change.kind == Kind::claimed ? "" : some_handle;
    }
    if constexpr (std::same_as<Args, protocol::CompleteArgs>) {
        result_ = args.result;
        event.ending =
            core::Ending{.failed = args.failed, .failure_reason = std::string(args.failure_reason)};
        event.ending->result = args.result;
        task.result_size = static_cast<std::int64_t>(result_.size());
    }
    commit(event, task);
    if constexpr (std::same_as<typename Args::Reply, protocol::OwnedReply>) {
        task.payload = payload_;
        task.result = change.kind == Kind::claimed ? "" : result_;
        gathering_.reply(caller.peer, caller.id, protocol::OwnedReply{seq_, seq_, task});
    } else {
        gathering_.reply(caller.peer, caller.id, protocol::SeqReply{seq_});
    }
}

// Numbers, encodes and appends it.
void YesBroker::commit(Event& event, protocol::TaskView& task) {
    if (batch_->empty()) {
        batch_->set_first_seq(seq_ + 1);
        batch_->set_time(now_);
        batch_->set_run_began(began_);
        batch_->set_flags(first_ ? journal::began_to_serve : journal::no_flags);
        first_ = false;
    }
    event.seq = ++seq_;
    event.ordinal = ++ordinals_[static_cast<std::size_t>(event.stream())];
    event.at = now_;
    task.state = event.to;
    task.seq = seq_;
    task.updated_at = task.created_at = task.pending_since = now_;
    const bool owned =
        event.to == State::claimed || event.to == State::running || event.to == State::resolving;
    task.epoch = owned ? seq_ : 0;
    if (event.to == State::completed || event.to == State::resolving) {
        task.completed_at = now_;
    }
    task.payload_size = static_cast<std::int64_t>(payload_.size());
    body_.clear();
    rest_.clear();
    core::encode_body(event, task, body_);
    core::encode_private(event, task, rest_);
    core::append_topic(event, task, gathering_.topics());
    gathering_.end_topic();
    batch_->append(broker::tags_of(event, task), body_, rest_);
}

void YesBroker::hello(const Caller& caller) {
    const core::LimitSettings limits;
    gathering_.reply(
        caller.peer,
        caller.id,
        protocol::HelloReply{
            .server = "taskbbs_stub",
            .events = events_,
            .limits = {.message_bytes = static_cast<std::int64_t>(limits.message_bytes),
                       .reply_bytes = static_cast<std::int64_t>(limits.reply_bytes),
                       .requests = static_cast<std::int64_t>(protocol::max_requests),
                       .unacked = static_cast<std::int64_t>(limits.unacked),
                       .payload_bytes = static_cast<std::int64_t>(limits.payload_bytes),
                       .result_bytes = static_cast<std::int64_t>(limits.result_bytes)},
            .role = "operator",
        });
}

void YesBroker::heartbeat(const Caller& caller, const protocol::Request& request) {
    protocol::HeartbeatArgs args;
    if (!read(caller, request, args)) {
        return;
    }
    gathering_.reply(caller.peer, caller.id, protocol::HeartbeatReply{args.ttl, {}, false});
}

std::unique_ptr<journal::Batch> YesBroker::take_batch() {
    if (flight_) {
        return nullptr;
    }
    if (batch_->empty()) {
        gathering_.close(durable_seq_, output_.messages);
        gathering_ = new_outbox();
        return nullptr;
    }
    flight_ = Flight{std::exchange(gathering_, new_outbox()), seq_};
    auto taken = std::exchange(batch_, std::move(landed_batch_));
    if (batch_ == nullptr) {
        batch_ = std::make_unique<journal::Batch>();
    }
    landed_.reset();
    batch_->clear();
    return taken;
}

void YesBroker::durable(std::unique_ptr<journal::Batch> batch) {
    durable_seq_ = flight_->last_seq;
    landed_ = std::move(flight_->outbox);
    flight_.reset();
    landed_batch_ = std::move(batch);
    std::size_t i = 0;
    for (const journal::Record& record : landed_batch_->records()) {
        output_.publications.push_back({landed_->topic(i++), record.body});
    }
    landed_->close(durable_seq_, output_.messages);
}

}  // namespace taskbbs::bench
