// An event as the core decides and applies it: what changed, who asked for it, and its numbers. One
// event is the journal's record, the publication and the reply's `seq` alike (broker/core/record).
#pragma once

#include "broker/core/clock.hpp"
#include "broker/core/slab.hpp"
#include "protocol/envelope.hpp"
#include "protocol/events.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::core {

using protocol::Cause;
using protocol::Kind;
using protocol::milliseconds;
using protocol::RequestId;
using protocol::Seq;
using protocol::SessionId;
using protocol::State;
using protocol::Stream;
using protocol::TaskView;
using protocol::Verb;

// The request that an event is the outcome of. id 0: the broker acted on its own.
struct Origin {
    SessionId session;
    RequestId id = 0;
    RequestId acked = 0;
    Verb verb = Verb::hello;

    bool operator==(const Origin&) const = default;
};

// What counts as one more rejection of a task.
struct Rejection {
    std::uint16_t count = 0;  // this one included
    std::string_view reason;

    bool operator==(const Rejection&) const = default;
};

// How a task ended.
struct Ending {
    bool failed = false;
    std::string failure_reason;
    std::string_view result;

    bool operator==(const Ending&) const = default;
};

// The queues that a pause is about: those of a domain, or its one of a stack.
struct Queues {
    std::string_view domain;
    std::optional<std::string_view> stack;  // absent: every stack; "" is a stack like any other

    auto operator<=>(const Queues&) const = default;
};

// Views point at the request, the record or the journal's bytes that the event was made from.
struct Event {
    Kind kind = Kind::desired;
    Cause cause = Cause::request;

    // Of a task: the state after it.
    State to = State::pending;
    Slot task = no_slot;  // a hint; where it is missing, guid tells
    std::string_view guid;
    std::optional<TaskView> desired;     // desired: as the requester gave it
    std::string_view executor_id;        // claimed; also of an executor's event
    std::string_view container_handle;   // started
    std::optional<Ending> ending;        // to completed, but for kicks and demotions
    std::optional<Rejection> rejection;  // what it counts as, if so
    std::optional<Time> not_before;      // rejected to pending

    // Of an executor.
    std::string_view incarnation;
    milliseconds ttl{0};
    std::string_view lost_reason;

    // Of queues.
    Queues queues;

    Origin origin;

    // Its numbers: given by Board::number() in life, read from the journal in replay.
    Seq seq = 0;
    std::int64_t ordinal = 0;
    Time at{};

    Stream stream() const {
        if (protocol::is_queue_kind(kind)) {
            return Stream::queue;
        }
        return protocol::is_executor_kind(kind) ? Stream::executor : protocol::stream_of(to);
    }

    bool operator==(const Event&) const = default;
};

}  // namespace taskbbs::core
