// Answers, refusals and events, from bytes to the values of the SDK.
#include "protocol/in_order.hpp"
#include "sdk/wire.hpp"

#include <utility>

namespace taskbbs::sdk {

namespace {

using protocol::Document;
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
Result<Message> decoded(Value body, Document& /*of the body*/) {
    Message message;
    if (body.type() != Type::map) {
        return tl::unexpected(unreadable({.field = {}, .message = "a map was expected"}));
    }
    if (const std::optional<Fault> fault = protocol::decode(body, message)) {
        return tl::unexpected(unreadable(*fault));
    }
    return message;
}

// Nothing was wrong with it so far: what else there is to say, the document knows.
Result<Value> parsed(std::string_view packed, Document& document) {
    const std::optional<Value> body = document.parse(packed);
    if (!body) {
        return tl::unexpected(unreadable({.field = {}, .message = std::string(document.why())}));
    }
    return *body;
}

// The same of packed bytes: mostly their fields are in the order of our list, and no document is
// made. The message points into the bytes and into `document`.
template <class Message>
Result<Message> decoded(std::string_view packed, Document& document) {
    Message message;
    if (protocol::decode_in_order(packed, message)) {
        return message;
    }
    return parsed(packed, document).and_then([&](Value body) {
        return decoded<Message>(body, document);
    });
}

// Each one a Value or packed bytes, as the whole message was read.
template <class OnItem>
void for_each(const protocol::Items& items, const OnItem& on_item) {
    for (const Value item : items.array) {
        on_item(item);
    }
    protocol::PackedWalk walk(items.packed);
    for (std::string_view item; walk.any(item);) {
        on_item(item);
    }
}

// Every item of an array, each turned into a value of ours.
template <class Message, class Convert>
auto converted(const protocol::Items& from, const Convert& convert)
    -> Result<std::vector<decltype(convert(std::declval<const Message&>()))>> {
    Result<std::vector<decltype(convert(std::declval<const Message&>()))>> all;
    all->reserve(from.count);
    Document document;
    for_each(from, [&](auto item) {
        if (!all) {
            return;
        }
        if (const Result<Message> message = decoded<Message>(item, document)) {
            all->push_back(convert(*message));
        } else {
            all = tl::unexpected(message.error());
        }
    });
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
                 .sync = std::string(wire.sync),
                 .seq = wire.seq};
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
    return converted<TaskView>(wire.tasks, protocol::own).map([&](std::vector<Task> tasks) {
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
    return converted<TaskView>(wire.tasks, protocol::own).map([&](std::vector<Task> tasks) {
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
            .free = value_of(wire.free),
            .domains = strings(wire.domains)};
}

Result<ExecutorPage> value_of(const protocol::ExecutorsReply& wire) {
    return converted<protocol::ExecutorView>(wire.executors, executor_of)
        .map([&](std::vector<ExecutorInfo> executors) {
            return ExecutorPage{.executors = std::move(executors),
                                .cursor = string_of(wire.cursor),
                                .seq = wire.seq};
        });
}

Result<Replayed> value_of(const protocol::ReplayReply& wire) {
    Replayed replayed{.events = {}, .next = wire.next, .seq = wire.seq};
    replayed.events.reserve(wire.events.count);
    for_each(wire.events, [&](auto item) {
        if (std::optional<Event> event = read_event(item)) {
            replayed.events.push_back(*std::move(event));
        }
    });
    return replayed;
}

Owner owner_of(const protocol::OwnerView& wire) {
    return {.executor_id = std::string(wire.executor_id),
            .present = wire.present,
            .draining = wire.draining,
            .held = wire.held,
            .ttl = wire.ttl,
            .expires_at = wire.expires_at,
            .lost_at = wire.lost_at};
}

Result<Explained> value_of(const protocol::ExplainReply& wire) {
    Explained explained{.task = protocol::own(wire.task),
                        .seq = wire.seq,
                        .at = wire.at,
                        .fail_at = wire.fail_at,
                        .demote_at = wire.demote_at,
                        .expire_at = wire.expire_at,
                        .kick_at = wire.kick_at,
                        .kicks = wire.kicks,
                        .doomed = wire.doomed,
                        .owner = std::nullopt,
                        .every = wire.every,
                        .next_pass_at = wire.next_pass_at,
                        .brake = wire.brake,
                        .read_only = wire.read_only,
                        .paused_since = wire.paused_since};
    if (wire.owner) {
        explained.owner = owner_of(*wire.owner);
    }
    return explained;
}

Pause pause_of(const protocol::PauseView& wire) {
    return {
        .domain = std::string(wire.domain), .stack = string_of(wire.stack), .since = wire.since};
}

Result<Paused> value_of(const protocol::PausedReply& wire) {
    return converted<protocol::PauseView>(wire.paused, pause_of)
        .map([&](std::vector<Pause> pauses) {
            return Paused{.pauses = std::move(pauses), .seq = wire.seq};
        });
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

template <>
struct Wire<Explained> : std::type_identity<protocol::ExplainReply> {};

template <>
struct Wire<Paused> : std::type_identity<protocol::PausedReply> {};

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

Result<Stats> read_stats(std::string_view packed) {
    Document document;
    const Result<Value> body = parsed(packed, document);
    if (!body) {
        return tl::unexpected(body.error());
    }
    if (body->type() != Type::map) {
        return tl::unexpected(unreadable({.field = {}, .message = "a map was expected"}));
    }
    Stats stats;
    for (auto entry = body->begin(); entry != body->end(); ++entry) {
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
Result<Reply> read(std::string_view packed) {
    if constexpr (std::same_as<Reply, Stats>) {
        return read_stats(packed);
    } else {
        Document document;
        return decoded<typename Wire<Reply>::type>(packed, document).and_then([](const auto& wire) {
            return value_of(wire);
        });
    }
}

template Result<Hello> read(std::string_view);
template Result<Applied> read(std::string_view);
template Result<Owned> read(std::string_view);
template Result<Acquired> read(std::string_view);
template Result<Rejected> read(std::string_view);
template Result<Found> read(std::string_view);
template Result<TaskPage> read(std::string_view);
template Result<Converged> read(std::string_view);
template Result<HeartbeatAnswer> read(std::string_view);
template Result<ExecutorPage> read(std::string_view);
template Result<Replayed> read(std::string_view);
template Result<Stats> read(std::string_view);
template Result<Explained> read(std::string_view);
template Result<Paused> read(std::string_view);

Error refusal_of(std::string_view status, std::string_view packed) {
    protocol::Refusal wire;
    Document document;
    const Value body = document.parse(packed).value_or(Value());
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

namespace {

Event event_of(const protocol::TaskEventView& wire) {
    return {.seq = wire.seq,
            .stream = wire.stream,
            .ordinal = wire.ordinal,
            .at = wire.at,
            .kind = wire.kind,
            .cause = wire.cause,
            .task = protocol::own(wire.task)};
}

Event event_of(const protocol::ExecutorEventView& wire) {
    return {.seq = wire.seq,
            .stream = wire.stream,
            .ordinal = wire.ordinal,
            .at = wire.at,
            .kind = wire.kind,
            .executor_id = std::string(wire.executor_id),
            .incarnation = std::string(wire.incarnation),
            .ttl = wire.ttl,
            .reason = std::string(wire.reason)};
}

Event event_of(const protocol::QueueEventView& wire) {
    return {.seq = wire.seq,
            .stream = wire.stream,
            .ordinal = wire.ordinal,
            .at = wire.at,
            .kind = wire.kind,
            .domain = std::string(wire.domain),
            .stack = string_of(wire.stack)};
}

template <class View>
std::optional<Event> event_in(Value body) {
    Document document;
    const auto wire = decoded<View>(body, document);
    return wire ? std::optional(event_of(*wire)) : std::nullopt;
}

}  // namespace

std::optional<Event> read_event(Value body) {
    if (body.at("stream").str() == name_of(Stream::executor)) {
        return event_in<protocol::ExecutorEventView>(body);
    }
    if (body.at("stream").str() == name_of(Stream::queue)) {
        return event_in<protocol::QueueEventView>(body);
    }
    auto event = event_in<protocol::TaskEventView>(body);
    return event && !event->task.guid.empty() ? std::move(event) : std::nullopt;
}

std::optional<Event> read_event(std::string_view packed) {
    protocol::TaskEventView wire;
    if (protocol::decode_in_order(packed, wire) && !wire.task.guid.empty()) {
        return event_of(wire);
    }
    Document document;
    const std::optional<Value> body = document.parse(packed);
    return body ? read_event(*body) : std::nullopt;
}

}  // namespace taskbbs::sdk
