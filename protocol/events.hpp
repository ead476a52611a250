// Events (docs/protocol.md, section 7): what is published, journaled and replayed alike, and the
// tick.
#pragma once

#include "protocol/task.hpp"

#include <optional>

namespace taskbbs::protocol {

// The first five are a task's state after the event; their order is that of `State`.
enum class Stream : std::uint8_t {
    pending,
    claimed,
    running,
    completed,
    resolving,
    resolved,
    executor,
    queue,  // an extension: section 9, "Pause"
};

template <>
inline constexpr auto names<Stream> = std::to_array<std::string_view>(
    {"pending", "claimed", "running", "completed", "resolving", "resolved", "executor", "queue"});

inline constexpr std::size_t stream_count = names<Stream>.size();

constexpr Stream stream_of(State state) {
    return static_cast<Stream>(state);
}

enum class Kind : std::uint8_t {
    desired,
    claimed,
    started,
    completed,
    resolving,
    resolved,
    kicked,
    demoted,
    rejected,
    requeued,
    cancelled,
    // of executors
    joined,
    lost,
    departed,
    draining,
    undrained,
    // of queues
    paused,
    resumed,
};

template <>
inline constexpr auto names<Kind> = std::to_array<std::string_view>({
    "desired",
    "claimed",
    "started",
    "completed",
    "resolving",
    "resolved",
    "kicked",
    "demoted",
    "rejected",
    "requeued",
    "cancelled",
    "joined",
    "lost",
    "departed",
    "draining",
    "undrained",
    "paused",
    "resumed",
});

constexpr bool is_executor_kind(Kind kind) {
    return kind >= Kind::joined && kind <= Kind::undrained;
}

constexpr bool is_queue_kind(Kind kind) {
    return kind >= Kind::paused;
}

enum class Cause : std::uint8_t { request, converge, executor_lost };

template <>
inline constexpr auto names<Cause> =
    std::to_array<std::string_view>({"request", "converge", "executor_lost"});

// The body of a task's event. Its task is a header in the streams pending and completed, else slim.
template <class Text>
struct BasicTaskEvent {
    Seq seq = 0;
    Stream stream = Stream::pending;
    std::int64_t ordinal = 0;
    Time at = no_time;
    Kind kind = Kind::desired;
    Cause cause = Cause::request;
    BasicTask<Text> task;

    static constexpr auto fields() {
        using T = BasicTaskEvent;
        return std::tuple{
            Field{"seq", &T::seq, number()},
            Field{"stream", &T::stream, {}},
            Field{"ordinal", &T::ordinal, number()},
            Field{"at", &T::at, number()},
            Field{"kind", &T::kind, {}},
            Field{"cause", &T::cause, {}},
            Field{"task", &T::task, {}},
        };
    }
};

// The body of an executor's event.
template <class Text>
struct BasicExecutorEvent {
    Seq seq = 0;
    Stream stream = Stream::executor;
    std::int64_t ordinal = 0;
    Time at = no_time;
    Kind kind = Kind::joined;
    Text executor_id;
    Text incarnation;
    milliseconds ttl{0};
    Text reason;  // lost: "expired" or "restarted"

    static constexpr auto fields() {
        using T = BasicExecutorEvent;
        return std::tuple{
            Field{"seq", &T::seq, number()},
            Field{"stream", &T::stream, {}},
            Field{"ordinal", &T::ordinal, number()},
            Field{"at", &T::at, number()},
            Field{"kind", &T::kind, {}},
            Field{"executor_id", &T::executor_id, name(1, max_guid)},
            Field{"incarnation", &T::incarnation, text(max_label)},
            Field{"ttl_ms", &T::ttl, number()},
            Field{"reason", &T::reason, text(max_reason)},
        };
    }
};

// The body of an event of queues (section 9, "Pause"): those of a domain, or its one of a stack.
template <class Text>
struct BasicQueueEvent {
    Seq seq = 0;
    Stream stream = Stream::queue;
    std::int64_t ordinal = 0;
    Time at = no_time;
    Kind kind = Kind::paused;
    Text domain;
    std::optional<Text> stack;  // absent: every stack; "" is a stack like any other

    static constexpr auto fields() {
        using T = BasicQueueEvent;
        return std::tuple{
            Field{"seq", &T::seq, number()},
            Field{"stream", &T::stream, {}},
            Field{"ordinal", &T::ordinal, number()},
            Field{"at", &T::at, number()},
            Field{"kind", &T::kind, {}},
            Field{"domain", &T::domain, required_name(max_label)},
            Field{"stack", &T::stack, name(0, max_label)},
        };
    }
};

using TaskEventView = BasicTaskEvent<std::string_view>;
using ExecutorEventView = BasicExecutorEvent<std::string_view>;
using QueueEventView = BasicQueueEvent<std::string_view>;

// Newest ordinal of each stream; absent on the wire: 0.
struct Ordinals {
    std::array<std::int64_t, stream_count> of{};

    std::int64_t& operator[](Stream stream) { return of[static_cast<std::size_t>(stream)]; }

    std::int64_t operator[](Stream stream) const { return of[static_cast<std::size_t>(stream)]; }

    bool operator==(const Ordinals&) const = default;

    static constexpr auto fields() {
        return std::tuple{Field{"", &Ordinals::of, number()}};  // a map of its own: see codec.cpp
    }
};

struct Tick {
    Seq seq = 0;
    Ordinals ordinals;
    Time at = no_time;
    std::string_view broker_id;
    std::string_view log;

    static constexpr auto fields() {
        return std::tuple{
            Field{"seq", &Tick::seq, number()},
            Field{"ordinals", &Tick::ordinals, {}},
            Field{"at", &Tick::at, number()},
            Field{"broker_id", &Tick::broker_id, text(max_label)},
            Field{"log", &Tick::log, text(max_label)},
        };
    }
};

inline constexpr std::string_view tick_topic = "tick";

}  // namespace taskbbs::protocol
