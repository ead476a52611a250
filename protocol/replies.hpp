// What the broker answers (docs/protocol.md, section 4): the `ok` body of each verb and the body of
// a refusal, each with its list of fields. All are views into the bytes that they were decoded
// from.
#pragma once

#include "protocol/document.hpp"
#include "protocol/events.hpp"
#include "protocol/task.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::protocol {

// An array whose items are packed one by one (by the broker), or read one by one (by a client).
struct Items {
    std::uint32_t count = 0;
    std::string_view packed;  // what encode() writes, and what a walk found
    Value array;              // what decode() found
};

// What an executor has left; an absent member is "any".
struct Resources {
    std::optional<std::int64_t> memory_mb;
    std::optional<std::int64_t> disk_mb;
    std::optional<std::int64_t> cpu_percent;

    bool operator==(const Resources&) const = default;

    static constexpr auto fields() {
        return std::tuple{
            Field{"memory_mb", &Resources::memory_mb, number()},
            Field{"disk_mb", &Resources::disk_mb, number()},
            Field{"cpu_percent", &Resources::cpu_percent, number()},
        };
    }
};

using Names = std::vector<std::string_view>;

// A guid and the epoch under which an executor believes that it owns it.
struct Holding {
    std::string_view guid;
    Seq epoch = 0;
};

struct SeqReply {
    Seq seq = 0;

    static constexpr auto fields() { return std::tuple{Field{"seq", &SeqReply::seq, number()}}; }
};

struct HelloLimits {
    std::int64_t message_bytes = 0;
    std::int64_t reply_bytes = 0;
    std::int64_t requests = 0;
    std::int64_t unacked = 0;
    std::int64_t payload_bytes = 0;
    std::int64_t result_bytes = 0;

    static constexpr auto fields() {
        using T = HelloLimits;
        return std::tuple{
            Field{"message_bytes", &T::message_bytes, number()},
            Field{"reply_bytes", &T::reply_bytes, number()},
            Field{"requests", &T::requests, number()},
            Field{"unacked", &T::unacked, number()},
            Field{"payload_bytes", &T::payload_bytes, number()},
            Field{"result_bytes", &T::result_bytes, number()},
        };
    }
};

struct HelloReply {
    std::string_view server;
    std::int64_t protocol = version;
    std::string_view broker_id;
    std::string_view log;
    std::string_view events;
    HelloLimits limits;
    Names features;
    std::string_view role;
    std::string_view sync;  // journal.sync: "always" or "never"
    Seq seq = 0;            // the newest event that the broker had counted then

    static constexpr auto fields() {
        using T = HelloReply;
        return std::tuple{
            Field{"server", &T::server, text(max_integer)},
            Field{"protocol", &T::protocol, number()},
            Field{"broker_id", &T::broker_id, text(max_integer)},
            Field{"log", &T::log, text(max_integer)},
            Field{"events", &T::events, text(max_integer)},
            Field{"limits", &T::limits, {}},
            Field{"features", &T::features, {.form = Rule::Form::text, .max_items = max_integer}},
            Field{"role", &T::role, text(max_integer)},
            Field{"sync", &T::sync, text(max_integer)},
            Field{"seq", &T::seq, number()},
        };
    }
};

// Of claim and resolving: the task is there as long as the epoch owns it.
struct OwnedReply {
    Seq seq = 0;
    Seq epoch = 0;
    std::optional<TaskView> task;

    static constexpr auto fields() {
        using T = OwnedReply;
        return std::tuple{
            Field{"seq", &T::seq, number()},
            Field{"epoch", &T::epoch, number()},
            Field{"task", &T::task, {}},
        };
    }
};

struct AcquireReply {
    Items tasks;
    Seq seq = 0;

    static constexpr auto fields() {
        using T = AcquireReply;
        return std::tuple{Field{"tasks", &T::tasks, {}}, Field{"seq", &T::seq, number()}};
    }
};

struct RejectReply {
    Seq seq = 0;
    State state = State::pending;

    static constexpr auto fields() {
        using T = RejectReply;
        return std::tuple{Field{"seq", &T::seq, number()}, Field{"state", &T::state, {}}};
    }
};

struct GetReply {
    TaskView task;
    Seq seq = 0;

    static constexpr auto fields() {
        using T = GetReply;
        return std::tuple{Field{"task", &T::task, {}}, Field{"seq", &T::seq, number()}};
    }
};

struct ListReply {
    Items tasks;
    std::optional<std::string_view> cursor;
    Seq seq = 0;

    static constexpr auto fields() {
        using T = ListReply;
        return std::tuple{
            Field{"tasks", &T::tasks, {}},
            Field{"cursor", &T::cursor, {.form = Rule::Form::text, .always = true}},
            Field{"seq", &T::seq, number()},
        };
    }
};

struct ConvergeReply {
    std::int64_t kicked = 0;
    std::int64_t demoted = 0;
    std::int64_t failed = 0;
    std::int64_t requeued = 0;
    std::int64_t expired = 0;
    Seq seq = 0;

    static constexpr auto fields() {
        using T = ConvergeReply;
        return std::tuple{
            Field{"kicked", &T::kicked, number()},
            Field{"demoted", &T::demoted, number()},
            Field{"failed", &T::failed, number()},
            Field{"requeued", &T::requeued, number()},
            Field{"expired", &T::expired, number()},
            Field{"seq", &T::seq, number()},
        };
    }
};

struct HeartbeatReply {
    milliseconds ttl{0};
    Names stale;
    bool draining = false;

    static constexpr auto fields() {
        using T = HeartbeatReply;
        return std::tuple{
            Field{"ttl_ms", &T::ttl, number()},
            Field{"stale", &T::stale, names_of(0, max_integer, max_integer)},
            Field{"draining", &T::draining, {}},
        };
    }
};

// One item of `executors`.
struct ExecutorView {
    std::string_view executor_id;
    std::string_view incarnation;
    Time joined_at = no_time;
    milliseconds ttl{0};
    milliseconds expires_in{0};
    std::int64_t claimed = 0;
    std::int64_t running = 0;
    bool draining = false;
    Names stacks;
    std::int64_t slots = 0;
    std::optional<Resources> free;
    Names domains;  // of its latest acquire; empty: any

    static constexpr auto fields() {
        using T = ExecutorView;
        return std::tuple{
            Field{"executor_id", &T::executor_id, name(1, max_guid)},
            Field{"incarnation", &T::incarnation, text(max_label)},
            Field{"joined_at", &T::joined_at, number()},
            Field{"ttl_ms", &T::ttl, number()},
            Field{"expires_in_ms", &T::expires_in, number()},
            Field{"claimed", &T::claimed, number()},
            Field{"running", &T::running, number()},
            Field{"draining", &T::draining, {}},
            Field{"stacks", &T::stacks, names_of(0, max_label, max_integer)},
            Field{"slots", &T::slots, number()},
            Field{"free", &T::free, {}},
            Field{"domains", &T::domains, names_of(0, max_label, max_integer)},
        };
    }
};

struct ExecutorsReply {
    Items executors;
    std::optional<std::string_view> cursor;
    Seq seq = 0;

    static constexpr auto fields() {
        using T = ExecutorsReply;
        return std::tuple{
            Field{"executors", &T::executors, {}},
            Field{"cursor", &T::cursor, {.form = Rule::Form::text, .always = true}},
            Field{"seq", &T::seq, number()},
        };
    }
};

struct ReplayReply {
    Items events;
    Seq next = 0;
    Seq seq = 0;

    static constexpr auto fields() {
        using T = ReplayReply;
        return std::tuple{
            Field{"events", &T::events, {}},
            Field{"next", &T::next, number()},
            Field{"seq", &T::seq, number()},
        };
    }
};

// An open map of counters and gauges: see StatsReply's writer in the broker, Value in a client.
struct StatsReply {
    Value map;
};

// Who has a claimed or running task, as `explain` shows it.
struct OwnerView {
    std::string_view executor_id;
    bool present = false;
    bool draining = false;
    bool held = false;  // by the brake: it would be lost otherwise
    milliseconds ttl{0};
    std::optional<Time> expires_at;  // its presence, if no heartbeat comes
    std::optional<Time> lost_at;     // and then it is lost

    static constexpr auto fields() {
        using T = OwnerView;
        return std::tuple{
            Field{"executor_id", &T::executor_id, name(1, max_guid)},
            Field{"present", &T::present, {}},
            Field{"draining", &T::draining, {}},
            Field{"held", &T::held, {}},
            Field{"ttl_ms", &T::ttl, number()},
            Field{"expires_at", &T::expires_at, number()},
            Field{"lost_at", &T::lost_at, number()},
        };
    }
};

// What becomes of a task if nobody touches it (section 9, "Explain"). A moment that is absent never
// comes.
struct ExplainReply {
    TaskView task;  // a header
    Seq seq = 0;
    Time at = no_time;  // now, on the clock of the moments below
    std::optional<Time> fail_at;
    std::optional<Time> demote_at;
    std::optional<Time> expire_at;
    std::optional<Time> kick_at;
    std::int64_t kicks = 0;  // in a row
    bool doomed = false;     // its executor was lost: it ends as soon as its turn comes
    std::optional<OwnerView> owner;
    milliseconds every{0};  // between two passes; 0: only those that are asked for
    std::optional<Time> next_pass_at;
    bool brake = false;
    bool read_only = false;
    std::optional<Time> paused_since;  // pending: its queue is paused, and acquire passes it by

    static constexpr auto fields() {
        using T = ExplainReply;
        return std::tuple{
            Field{"task", &T::task, {}},
            Field{"seq", &T::seq, number()},
            Field{"at", &T::at, number()},
            Field{"fail_at", &T::fail_at, number()},
            Field{"demote_at", &T::demote_at, number()},
            Field{"expire_at", &T::expire_at, number()},
            Field{"kick_at", &T::kick_at, number()},
            Field{"kicks", &T::kicks, number()},
            Field{"doomed", &T::doomed, {}},
            Field{"owner", &T::owner, {}},
            Field{"every_ms", &T::every, number()},
            Field{"next_pass_at", &T::next_pass_at, number()},
            Field{"brake", &T::brake, {}},
            Field{"read_only", &T::read_only, {}},
            Field{"paused_since", &T::paused_since, number()},
        };
    }
};

// One item of `paused`.
struct PauseView {
    std::string_view domain;
    std::optional<std::string_view> stack;  // absent: every stack of the domain
    Time since = no_time;

    static constexpr auto fields() {
        using T = PauseView;
        return std::tuple{
            Field{"domain", &T::domain, required_name(max_label)},
            Field{"stack", &T::stack, name(0, max_label)},
            Field{"since", &T::since, number()},
        };
    }
};

struct PausedReply {
    Items paused;
    Seq seq = 0;

    static constexpr auto fields() {
        using T = PausedReply;
        return std::tuple{Field{"paused", &T::paused, {}}, Field{"seq", &T::seq, number()}};
    }
};

// The body of a refusal. `message` is one line: what is wrong and what to do.
struct Refusal {
    std::string message;
    std::string_view field;
    std::optional<State> state;
    std::optional<std::string_view> executor_id;
    std::optional<Seq> epoch;
    std::optional<std::int64_t> limit;
    std::optional<std::string_view> incarnation;
    std::optional<Seq> oldest;
    std::vector<std::int64_t> supported;  // of unsupported_version

    static constexpr auto fields() {
        using T = Refusal;
        return std::tuple{
            Field{"message", &T::message, text(max_integer)},
            Field{"field", &T::field, text(max_integer)},
            Field{"state", &T::state, {}},
            Field{"executor_id", &T::executor_id, text(max_integer)},
            Field{"epoch", &T::epoch, number()},
            Field{"limit", &T::limit, number()},
            Field{"incarnation", &T::incarnation, text(max_integer)},
            Field{"oldest", &T::oldest, number()},
            Field{"supported", &T::supported, {.max_items = max_integer}},
        };
    }
};

}  // namespace taskbbs::protocol
