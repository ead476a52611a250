// Answers, refusals and events, from bytes to the values of the SDK.
#include "sdk/wire.hpp"

#include <utility>

namespace taskbbs::sdk {

namespace {

using protocol::Fault;
using protocol::TaskView;
using protocol::Type;
using protocol::Value;

Error unreadable(const Fault& fault) {
    return {.code = Code::unreadable,
            .message = "the broker's answer can't be read: " + fault.message,
            .field = std::string(fault.field)};
}

// One message of the wire, as it stands in the document.
template <class Message>
Result<Message> decoded(Value body) {
    Message message;
    if (body.type() != Type::map) {
        return tl::unexpected(unreadable({.field = {}, .message = "a map was expected"}));
    }
    if (const std::optional<Fault> fault = protocol::decode(body, message)) {
        return tl::unexpected(unreadable(*fault));
    }
    return message;
}

// Every item of an array, each turned into a value of ours.
template <class Message, class Convert>
auto items(const protocol::Items& from, const Convert& convert)
    -> Result<std::vector<decltype(convert(std::declval<const Message&>()))>> {
    std::vector<decltype(convert(std::declval<const Message&>()))> all;
    all.reserve(from.count);
    for (const Value item : from.array) {
        const Result<Message> message = decoded<Message>(item);
        if (!message) {
            return tl::unexpected(message.error());
        }
        all.push_back(convert(*message));
    }
    return all;
}

std::vector<std::string> strings(const protocol::Names& names) {
    return {names.begin(), names.end()};
}

template <class Text>
std::optional<std::string> string_of(const std::optional<Text>& text) {
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::optional<Resources> value_of(const std::optional<protocol::Resources>& wire) {
    if (!wire) {
        return std::nullopt;
    }
    return Resources{wire->memory_mb, wire->disk_mb, wire->cpu_percent};
}

// ---- the wire's message and the conversion, for each answer ------------------------------------

Result<Hello> value_of(const protocol::HelloReply& wire) {
    const protocol::HelloLimits& limits = wire.limits;
    return Hello{.server = std::string(wire.server),
                 .protocol = wire.protocol,
                 .broker_id = std::string(wire.broker_id),
                 .log = std::string(wire.log),
                 .events = std::string(wire.events),
                 .limits = {.message_bytes = limits.message_bytes,
                            .reply_bytes = limits.reply_bytes,
                            .requests = limits.requests,
                            .unacked = limits.unacked,
                            .payload_bytes = limits.payload_bytes,
                            .result_bytes = limits.result_bytes},
                 .features = strings(wire.features),
                 .role = std::string(wire.role),
                 .sync = std::string(wire.sync)};
}

Result<Applied> value_of(const protocol::SeqReply& wire) {
    return Applied{wire.seq};
}

Result<Owned> value_of(const protocol::OwnedReply& wire) {
    Owned owned{.seq = wire.seq, .epoch = wire.epoch, .task = std::nullopt};
    if (wire.task) {
        owned.task = protocol::own(*wire.task);
    }
    return owned;
}

Result<Acquired> value_of(const protocol::AcquireReply& wire) {
    return items<TaskView>(wire.tasks, protocol::own).map([&](std::vector<Task> tasks) {
        return Acquired{.tasks = std::move(tasks), .seq = wire.seq};
    });
}

Result<Rejected> value_of(const protocol::RejectReply& wire) {
    return Rejected{.seq = wire.seq, .state = wire.state};
}

Result<Found> value_of(const protocol::GetReply& wire) {
    return Found{.task = protocol::own(wire.task), .seq = wire.seq};
}

Result<TaskPage> value_of(const protocol::ListReply& wire) {
    return items<TaskView>(wire.tasks, protocol::own).map([&](std::vector<Task> tasks) {
        return TaskPage{
            .tasks = std::move(tasks), .cursor = string_of(wire.cursor), .seq = wire.seq};
    });
}

Result<Converged> value_of(const protocol::ConvergeReply& wire) {
    return Converged{.kicked = wire.kicked,
                     .demoted = wire.demoted,
                     .failed = wire.failed,
                     .requeued = wire.requeued,
                     .expired = wire.expired,
                     .seq = wire.seq};
}

Result<HeartbeatAnswer> value_of(const protocol::HeartbeatReply& wire) {
    return HeartbeatAnswer{
        .ttl = wire.ttl, .stale = strings(wire.stale), .draining = wire.draining};
}

ExecutorInfo executor_of(const protocol::ExecutorView& wire) {
    return {.executor_id = std::string(wire.executor_id),
            .incarnation = std::string(wire.incarnation),
            .joined_at = wire.joined_at,
            .ttl = wire.ttl,
            .expires_in = wire.expires_in,
            .claimed = wire.claimed,
            .running = wire.running,
            .draining = wire.draining,
            .stacks = strings(wire.stacks),
            .slots = wire.slots,
            .free = value_of(wire.free)};
}

Result<ExecutorPage> value_of(const protocol::ExecutorsReply& wire) {
    return items<protocol::ExecutorView>(wire.executors, executor_of)
        .map([&](std::vector<ExecutorInfo> executors) {
            return ExecutorPage{.executors = std::move(executors),
                                .cursor = string_of(wire.cursor),
                                .seq = wire.seq};
        });
}

Result<Replayed> value_of(const protocol::ReplayReply& wire) {
    Replayed replayed{.events = {}, .next = wire.next, .seq = wire.seq};
    replayed.events.reserve(wire.events.count);
    for (const Value item : wire.events.array) {
        if (std::optional<Event> event = read_event(item)) {
            replayed.events.push_back(*std::move(event));
        }
    }
    return replayed;
}

template <class Reply>
struct Wire;

template <>
struct Wire<Hello> : std::type_identity<protocol::HelloReply> {};

template <>
struct Wire<Applied> : std::type_identity<protocol::SeqReply> {};

template <>
struct Wire<Owned> : std::type_identity<protocol::OwnedReply> {};

template <>
struct Wire<Acquired> : std::type_identity<protocol::AcquireReply> {};

template <>
struct Wire<Rejected> : std::type_identity<protocol::RejectReply> {};

template <>
struct Wire<Found> : std::type_identity<protocol::GetReply> {};

template <>
struct Wire<TaskPage> : std::type_identity<protocol::ListReply> {};

template <>
struct Wire<Converged> : std::type_identity<protocol::ConvergeReply> {};

template <>
struct Wire<HeartbeatAnswer> : std::type_identity<protocol::HeartbeatReply> {};

template <>
struct Wire<ExecutorPage> : std::type_identity<protocol::ExecutorsReply> {};

template <>
struct Wire<Replayed> : std::type_identity<protocol::ReplayReply> {};

std::optional<Stats::Number> number_of(Value value) {
    if (const auto integer = value.integer()) {
        return Stats::Number(*integer);
    }
    if (const auto real = value.real()) {
        return Stats::Number(*real);
    }
    if (const auto boolean = value.boolean()) {
        return Stats::Number(*boolean);
    }
    if (const auto text = value.str()) {
        return Stats::Number(std::string(*text));
    }
    return std::nullopt;
}

Result<Stats> read_stats(Value body) {
    if (body.type() != Type::map) {
        return tl::unexpected(unreadable({.field = {}, .message = "a map was expected"}));
    }
    Stats stats;
    for (auto entry = body.begin(); entry != body.end(); ++entry) {
        const std::optional<std::string_view> key = (*entry).str();
        const std::optional<Stats::Number> number = number_of(*++entry);
        if (key && number) {
            stats.values.emplace(*key, *number);
        }
    }
    return stats;
}

}  // namespace

template <class Reply>
Result<Reply> read(Value body) {
    if constexpr (std::same_as<Reply, Stats>) {
        return read_stats(body);
    } else {
        return decoded<typename Wire<Reply>::type>(body).and_then(
            [](const auto& wire) { return value_of(wire); });
    }
}

template Result<Hello> read(Value);
template Result<Applied> read(Value);
template Result<Owned> read(Value);
template Result<Acquired> read(Value);
template Result<Rejected> read(Value);
template Result<Found> read(Value);
template Result<TaskPage> read(Value);
template Result<Converged> read(Value);
template Result<HeartbeatAnswer> read(Value);
template Result<ExecutorPage> read(Value);
template Result<Replayed> read(Value);
template Result<Stats> read(Value);

Error refusal_of(std::string_view status, Value body) {
    protocol::Refusal wire;
    if (body.type() == Type::map) {
        // What can't be read of it is missing then; it is a refusal all the same.
        static_cast<void>(protocol::decode(body, wire));
    }
    return {.code = Code::refused,
            .status = protocol::named<Status>(status).value_or(Status::internal),
            .status_name = std::string(status),
            .message = std::move(wire.message),
            .field = std::string(wire.field),
            .state = wire.state,
            .executor_id = string_of(wire.executor_id),
            .epoch = wire.epoch,
            .limit = wire.limit,
            .incarnation = string_of(wire.incarnation),
            .oldest = wire.oldest};
}

std::optional<Event> read_event(Value body) {
    if (body.at("stream").str() == name_of(Stream::executor)) {
        const auto wire = decoded<protocol::ExecutorEventView>(body);
        if (!wire) {
            return std::nullopt;
        }
        return Event{.seq = wire->seq,
                     .stream = wire->stream,
                     .ordinal = wire->ordinal,
                     .at = wire->at,
                     .kind = wire->kind,
                     .executor_id = std::string(wire->executor_id),
                     .incarnation = std::string(wire->incarnation),
                     .ttl = wire->ttl,
                     .reason = std::string(wire->reason)};
    }
    const auto wire = decoded<protocol::TaskEventView>(body);
    if (!wire || wire->task.guid.empty()) {
        return std::nullopt;
    }
    return Event{.seq = wire->seq,
                 .stream = wire->stream,
                 .ordinal = wire->ordinal,
                 .at = wire->at,
                 .kind = wire->kind,
                 .cause = wire->cause,
                 .task = protocol::own(wire->task)};
}

}  // namespace taskbbs::sdk
