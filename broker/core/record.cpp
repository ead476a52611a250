// The private part is a map that can grow; its keys are one letter, since there is one in each
// record:
//
//     p payload   a annotation   r result
//     s session   i request id   k acked   v verb
#include "broker/core/record.hpp"

#include "protocol/codec.hpp"
#include "protocol/in_order.hpp"

#include <algorithm>
#include <cstring>

namespace taskbbs::core {

namespace {

using protocol::Defaults;
using protocol::Packer;
using protocol::Value;

constexpr std::size_t longest_verb = [] {
    std::size_t longest = 0;
    for (const std::string_view name : protocol::names<Verb>) {
        longest = std::max(longest, name.size());
    }
    return longest;
}();

bool shows_header(const Event& event) {
    return event.to == State::pending || event.to == State::completed;
}

protocol::TaskEventView task_view_of(const Event& event, const TaskView& after) {
    return {.seq = event.seq,
            .stream = event.stream(),
            .ordinal = event.ordinal,
            .at = event.at,
            .kind = event.kind,
            .cause = event.cause,
            .task = after};
}

protocol::ExecutorEventView executor_view_of(const Event& event) {
    return {.seq = event.seq,
            .ordinal = event.ordinal,
            .at = event.at,
            .kind = event.kind,
            .executor_id = event.executor_id,
            .incarnation = event.incarnation,
            .ttl = event.ttl,
            .reason = event.lost_reason};
}

protocol::QueueEventView queue_view_of(const Event& event) {
    return {.seq = event.seq,
            .ordinal = event.ordinal,
            .at = event.at,
            .kind = event.kind,
            .domain = event.queues.domain,
            .stack = event.queues.stack};
}

// As it is read; its list says the order, too.
struct PrivatePart {
    std::string_view payload, annotation, result;
    std::optional<std::string_view> session;  // and with it the rest of the request
    std::optional<RequestId> id;
    std::optional<RequestId> acked;
    std::optional<Verb> verb;

    static constexpr auto fields() {
        using P = PrivatePart;
        return std::tuple{
            protocol::Field{"p", &P::payload, protocol::bytes()},
            protocol::Field{"a", &P::annotation, protocol::bytes()},
            protocol::Field{"r", &P::result, protocol::bytes()},
            protocol::Field{"s", &P::session, protocol::bytes()},
            protocol::Field{"i", &P::id, protocol::number()},
            protocol::Field{"k", &P::acked, protocol::number()},
            protocol::Field{"v", &P::verb, {}},
        };
    }
};

PrivatePart private_part_of(Value map) {
    const auto bytes = [&](std::string_view key) {
        return map.at(key).bin().value_or(std::string_view());
    };
    PrivatePart part{.payload = bytes("p"), .annotation = bytes("a"), .result = bytes("r")};
    if (!map.at("s").is_nil()) {
        part.session = bytes("s");
        part.id = map.at("i").integer();
        part.acked = map.at("k").integer();
        part.verb = protocol::named<Verb>(map.at("v").str().value_or(std::string_view()));
    }
    return part;
}

// False: it names a session and no possible request of it.
bool read_origin(Event& event, const PrivatePart& part) {
    if (!part.session) {
        return true;
    }
    if (part.session->size() != protocol::session_bytes || !part.verb || !part.id ||
        *part.id <= 0 || !part.acked || *part.acked < 0) {
        return false;
    }
    event.origin = {.id = *part.id, .acked = *part.acked, .verb = *part.verb};
    std::memcpy(event.origin.session.bytes.data(), part.session->data(), protocol::session_bytes);
    return true;
}

// What an event says about the task, from the task as it is after it.
void read_change(Event& event, const TaskView& task, std::string_view result) {
    const bool counts = event.kind == Kind::rejected || event.kind == Kind::requeued ||
                        event.cause == Cause::executor_lost;
    if (counts && event.kind != Kind::claimed) {
        event.rejection = Rejection{task.rejection_count, task.rejection_reason};
    }
    switch (event.kind) {
        case Kind::desired:
            event.desired = task;
            break;
        case Kind::claimed:
            event.executor_id = task.executor_id;
            break;
        case Kind::started:
            event.container_handle = task.container_handle;
            break;
        default:
            break;
    }
    const bool ends =
        event.to == State::completed && event.kind != Kind::kicked && event.kind != Kind::demoted;
    if (ends) {
        event.ending = Ending{task.failed, std::string(task.failure_reason), result};
    } else if (event.kind == Kind::rejected) {
        event.not_before = task.not_before;
    }
}

std::optional<Event> task_event_of(protocol::TaskEventView& view, const PrivatePart& part) {
    std::optional<Event> made;
    if (view.task.guid.empty() || view.kind >= Kind::joined ||
        view.stream != protocol::stream_of(view.task.state)) {
        return made;
    }
    Event& event = made.emplace();
    event.kind = view.kind;
    event.cause = view.cause;
    event.to = view.task.state;
    event.guid = view.task.guid;
    event.seq = view.seq;
    event.ordinal = view.ordinal;
    event.at = view.at;
    view.task.payload = part.payload;
    view.task.annotation = part.annotation;
    read_change(event, view.task, part.result);
    if (!read_origin(event, part)) {
        made.reset();
    }
    return made;
}

std::optional<Event> executor_event_of(const protocol::ExecutorEventView& view,
                                       const PrivatePart& part) {
    if (!protocol::is_executor_kind(view.kind)) {
        return std::nullopt;
    }
    Event event{.kind = view.kind,
                .executor_id = view.executor_id,
                .incarnation = view.incarnation,
                .ttl = view.ttl,
                .lost_reason = view.reason,
                .seq = view.seq,
                .ordinal = view.ordinal,
                .at = view.at};
    return read_origin(event, part) ? std::optional(event) : std::nullopt;
}

std::optional<Event> queue_event_of(const protocol::QueueEventView& view, const PrivatePart& part) {
    if (!protocol::is_queue_kind(view.kind)) {
        return std::nullopt;
    }
    Event event{.kind = view.kind,
                .queues = {view.domain, view.stack},
                .seq = view.seq,
                .ordinal = view.ordinal,
                .at = view.at};
    return read_origin(event, part) ? std::optional(event) : std::nullopt;
}

}  // namespace

void encode_body(const Event& event, const TaskView& after, std::string& body) {
    Packer packer(body);
    switch (event.stream()) {
        case Stream::executor:
            return encode(packer, executor_view_of(event), Defaults::omit);
        case Stream::queue:
            return encode(packer, queue_view_of(event), Defaults::omit);
        default:
            return encode(packer,
                          task_view_of(event, after),
                          Defaults::omit,
                          shows_header(event) ? protocol::header : protocol::slim);
    }
}

void encode_private(const Event& event, const TaskView& after, std::string& rest) {
    const bool request = event.kind == Kind::desired;
    const bool asked = event.origin.id != 0;
    const std::string_view payload = request ? after.payload : std::string_view();
    const std::string_view annotation = request ? after.annotation : std::string_view();
    const std::string_view result = event.ending ? event.ending->result : std::string_view();
    const auto there = [](std::string_view bytes) { return bytes.empty() ? 0U : 1U; };
    constexpr std::size_t keys = 7;
    constexpr std::size_t key_room = 2;
    Packer packer(rest);
    char* at = packer.open_room(protocol::head_room + keys * (key_room + protocol::number_room) +
                                payload.size() + annotation.size() + result.size() +
                                protocol::session_bytes + longest_verb);
    at = protocol::put_map_head(
        at, there(payload) + there(annotation) + there(result) + (asked ? 4U : 0U));
    const auto put = [&](std::string_view key, std::string_view bytes) {
        if (!bytes.empty()) {
            at = protocol::put_bin(protocol::put_str(at, key), bytes);
        }
    };
    put("p", payload);
    put("a", annotation);
    put("r", result);
    if (asked) {
        put("s", event.origin.session.view());
        at = protocol::put_integer(protocol::put_str(at, "i"), event.origin.id);
        at = protocol::put_integer(protocol::put_str(at, "k"), event.origin.acked);
        at = protocol::put_str(protocol::put_str(at, "v"), name_of(event.origin.verb));
    }
    packer.close_room(at);
}

void append_topic(const Event& event, const TaskView& after, std::string& topic) {
    const std::string_view stream = name_of(event.stream());
    const bool is_executors = event.stream() == Stream::executor;
    std::string_view group = after.domain;
    std::string_view name = is_executors ? event.executor_id : after.guid;
    if (event.stream() == Stream::queue) {
        group = event.queues.domain;
        name = event.queues.stack.value_or(std::string_view());
    }
    Packer packer(topic);
    char* at = packer.open_room(stream.size() + group.size() + name.size() + 2);
    at = protocol::put_byte(protocol::put_raw(at, stream), '.');
    if (!is_executors) {
        at = protocol::put_byte(protocol::put_raw(at, group), '.');
    }
    packer.close_room(protocol::put_raw(at, name));
}

std::optional<Event> RecordReader::read(std::string_view body, std::string_view rest) {
    std::optional<Event> event = read_in_order(body, rest);
    if (!event) {
        event = read_in_any_order(body, rest);
    }
    return event;
}

std::optional<Event> RecordReader::read_in_order(std::string_view body, std::string_view rest) {
    protocol::TaskEventView view;
    PrivatePart part;
    if (!protocol::decode_in_order(body, view) || !protocol::decode_in_order(rest, part)) {
        return std::nullopt;
    }
    return task_event_of(view, part);
}

std::optional<Event> RecordReader::read_in_any_order(std::string_view body, std::string_view rest) {
    const std::optional<Value> map = body_.parse(body);
    const std::optional<Value> secret = rest_.parse(rest);
    if (!map || !secret) {
        return std::nullopt;
    }
    if (map->at("stream").str() == name_of(Stream::executor)) {
        protocol::ExecutorEventView view;
        return decode(*map, view) ? std::nullopt
                                  : executor_event_of(view, private_part_of(*secret));
    }
    if (map->at("stream").str() == name_of(Stream::queue)) {
        protocol::QueueEventView view;
        return decode(*map, view) ? std::nullopt : queue_event_of(view, private_part_of(*secret));
    }
    protocol::TaskEventView view;
    return decode(*map, view) ? std::nullopt : task_event_of(view, private_part_of(*secret));
}

}  // namespace taskbbs::core
