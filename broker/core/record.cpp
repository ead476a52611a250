// The private part is a map that can grow; its keys are one letter, since there is one in each
// record:
//
//     p payload   a annotation   r result
//     s session   i request id   k acked   v verb
#include "broker/core/record.hpp"

#include "protocol/codec.hpp"

#include <algorithm>

namespace taskbbs::core {

namespace {

using protocol::Defaults;
using protocol::Packer;
using protocol::Value;

bool shows_header(const Event& event) {
    return event.to == State::pending || event.to == State::completed;
}

std::optional<Origin> read_origin(Value map) {
    const auto session = map.at("s").bin();
    const auto verb = protocol::named<Verb>(map.at("v").str().value_or(std::string_view()));
    const auto id = map.at("i").integer();
    const auto acked = map.at("k").integer();
    if (!session || session->size() != protocol::session_bytes || !verb || !id || *id <= 0 ||
        !acked || *acked < 0) {
        return std::nullopt;
    }
    Origin origin{.id = *id, .acked = *acked, .verb = *verb};
    std::copy(session->begin(), session->end(), origin.session.bytes.begin());
    return origin;
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

}  // namespace

void encode_task_body(const Event& event, const TaskView& after, std::string& body) {
    Packer packer(body);
    const protocol::TaskEventView view{
        .seq = event.seq,
        .stream = event.stream(),
        .ordinal = event.ordinal,
        .at = event.at,
        .kind = event.kind,
        .cause = event.cause,
        .task = after,
    };
    encode(packer, view, Defaults::omit, shows_header(event) ? protocol::header : protocol::slim);
}

void encode_executor_body(const Event& event, std::string& body) {
    Packer packer(body);
    const protocol::ExecutorEventView view{
        .seq = event.seq,
        .ordinal = event.ordinal,
        .at = event.at,
        .kind = event.kind,
        .executor_id = event.executor_id,
        .incarnation = event.incarnation,
        .ttl = event.ttl,
        .reason = event.lost_reason,
    };
    encode(packer, view, Defaults::omit);
}

void encode_private(const Event& event, const TaskView& after, std::string& rest) {
    const bool request = event.kind == Kind::desired;
    const bool asked = event.origin.id != 0;
    const bool has_payload = request && !after.payload.empty();
    const bool has_annotation = request && !after.annotation.empty();
    const bool has_result = event.ending && !event.ending->result.empty();
    Packer packer(rest);
    packer.map((has_payload ? 1U : 0U) + (has_annotation ? 1U : 0U) + (has_result ? 1U : 0U) +
               (asked ? 4U : 0U));
    const auto put = [&](bool there, std::string_view key, std::string_view bytes) {
        if (there) {
            packer.str(key);
            packer.bin(bytes);
        }
    };
    put(has_payload, "p", after.payload);
    put(has_annotation, "a", after.annotation);
    put(has_result, "r", event.ending ? event.ending->result : std::string_view());
    put(asked, "s", event.origin.session.view());
    if (asked) {
        packer.str("i");
        packer.integer(event.origin.id);
        packer.str("k");
        packer.integer(event.origin.acked);
        packer.str("v");
        packer.str(name_of(event.origin.verb));
    }
}

void append_topic(const Event& event, const TaskView& after, std::string& topic) {
    topic += name_of(event.stream());
    topic += '.';
    if (event.stream() == Stream::executor) {
        topic += event.executor_id;
        return;
    }
    topic += after.domain;
    topic += '.';
    topic += after.guid;
}

std::optional<Event> RecordReader::read(std::string_view body, std::string_view rest) {
    const std::optional<Value> map = body_.parse(body);
    const std::optional<Value> secret = rest_.parse(rest);
    if (!map || !secret) {
        return std::nullopt;
    }
    Event event;
    if (map->at("stream").str() == name_of(Stream::executor)) {
        protocol::ExecutorEventView view;
        if (decode(*map, view) || !protocol::is_executor_kind(view.kind)) {
            return std::nullopt;
        }
        event = {.kind = view.kind,
                 .executor_id = view.executor_id,
                 .incarnation = view.incarnation,
                 .ttl = view.ttl,
                 .lost_reason = view.reason,
                 .seq = view.seq,
                 .ordinal = view.ordinal,
                 .at = view.at};
    } else {
        protocol::TaskEventView view;
        if (decode(*map, view) || view.task.guid.empty() || protocol::is_executor_kind(view.kind) ||
            view.stream != protocol::stream_of(view.task.state)) {
            return std::nullopt;
        }
        event = {.kind = view.kind,
                 .cause = view.cause,
                 .to = view.task.state,
                 .guid = view.task.guid,
                 .seq = view.seq,
                 .ordinal = view.ordinal,
                 .at = view.at};
        view.task.payload = secret->at("p").bin().value_or(std::string_view());
        view.task.annotation = secret->at("a").bin().value_or(std::string_view());
        read_change(event, view.task, secret->at("r").bin().value_or(std::string_view()));
    }
    if (!secret->at("s").is_nil()) {
        const auto origin = read_origin(*secret);
        if (!origin) {
            return std::nullopt;
        }
        event.origin = *origin;
    }
    return event;
}

}  // namespace taskbbs::core
