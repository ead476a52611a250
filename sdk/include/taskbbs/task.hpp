// The values of the board, as users of the SDK see them: tasks, events and what belongs to them
// (docs/protocol.md, sections 3 and 7). Plain values that own their bytes; copy and move them
// freely.
#pragma once

#include "protocol/events.hpp"
#include "protocol/status.hpp"
#include "protocol/task.hpp"

#include <optional>
#include <string>

namespace taskbbs {

using protocol::Cause;
using protocol::Duration;
using protocol::Kind;
using protocol::name_of;
using protocol::named;
using protocol::OnExecutorLost;
using protocol::Ordinals;
using protocol::Seq;
using protocol::State;
using protocol::Status;
using protocol::Stream;
using protocol::Task;
using protocol::Time;
using std::chrono::milliseconds;

// What an executor has left; an absent member is "any".
struct Resources {
    std::optional<std::int64_t> memory_mb;
    std::optional<std::int64_t> disk_mb;
    std::optional<std::int64_t> cpu_percent;

    bool operator==(const Resources&) const = default;
};

// A guid and the epoch under which its owner holds it.
struct Holding {
    std::string guid;
    Seq epoch = 0;

    bool operator==(const Holding&) const = default;
};

// One event (section 7). Of a task: `cause` and `task` are filled, the task as it is after the
// event (a header in the streams pending and completed, else a slim task: see section 3). Of an
// executor (`is_executor()`): executor_id and what follows it. Of queues that were paused or
// resumed
// (`is_queue()`, section 9): domain and stack.
struct Event {
    Seq seq = 0;  // dense over all streams
    Stream stream = Stream::pending;
    std::int64_t ordinal = 0;  // dense within its stream
    Time at = protocol::no_time;
    Kind kind = Kind::desired;
    Cause cause = Cause::request;
    Task task;
    std::string executor_id;
    std::string incarnation;
    milliseconds ttl{0};
    std::string reason;  // lost: "expired" or "restarted"
    std::string domain;
    std::optional<std::string> stack;  // absent: every stack of the domain

    bool is_executor() const { return stream == Stream::executor; }

    bool is_queue() const { return stream == Stream::queue; }

    bool is_task() const { return !is_executor() && !is_queue(); }

    bool operator==(const Event&) const = default;
};

}  // namespace taskbbs
