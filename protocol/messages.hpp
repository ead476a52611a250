// The verbs (docs/protocol.md, section 4) and their arguments, each with its list of fields. All
// are views into the bytes that they were decoded from.
#pragma once

#include "protocol/replies.hpp"
#include "protocol/status.hpp"

namespace taskbbs::protocol {

enum class Verb : std::uint8_t {
    hello,
    desire,
    claim,
    acquire,
    start,
    complete,
    reject,
    cancel,
    resolving,
    resolve,
    get,
    list,
    converge,
    heartbeat,
    depart,
    drain,
    executors,
    replay,
    stats,
    explain,
    pause,
    resume,
    paused,
};

template <>
inline constexpr auto names<Verb> = std::to_array<std::string_view>({
    "hello",     "desire",  "claim", "acquire", "start",    "complete",  "reject", "cancel",
    "resolving", "resolve", "get",   "list",    "converge", "heartbeat", "depart", "drain",
    "executors", "replay",  "stats", "explain", "pause",    "resume",    "paused",
});

// A mutation is applied once per (session, id): section 2, "Retries are safe".
constexpr bool is_mutation(Verb verb) {
    switch (verb) {
        case Verb::desire:
        case Verb::claim:
        case Verb::acquire:
        case Verb::start:
        case Verb::complete:
        case Verb::reject:
        case Verb::cancel:
        case Verb::resolving:
        case Verb::resolve:
        case Verb::depart:
        case Verb::drain:
        case Verb::pause:
        case Verb::resume:
            return true;
        default:
            return false;
    }
}

struct HelloArgs {
    static constexpr Verb verb = Verb::hello;
    using Reply = HelloReply;

    static constexpr auto fields() { return std::tuple{}; }
};

struct DesireArgs {
    static constexpr Verb verb = Verb::desire;
    using Reply = SeqReply;
    TaskView task;

    static constexpr auto fields() {
        return std::tuple{Field{"task", &DesireArgs::task, {.required = true}}};
    }
};

struct ClaimArgs {
    static constexpr Verb verb = Verb::claim;
    using Reply = OwnedReply;
    std::string_view guid;
    std::string_view executor_id;

    static constexpr auto fields() {
        using T = ClaimArgs;
        return std::tuple{
            Field{"guid", &T::guid, required_name(max_guid)},
            Field{"executor_id", &T::executor_id, required_name(max_guid)},
        };
    }
};

struct AcquireArgs {
    static constexpr Verb verb = Verb::acquire;
    using Reply = AcquireReply;
    std::string_view executor_id;
    std::int64_t max = 1;
    Names stacks;   // empty: any
    Names domains;  // empty: any
    std::optional<Resources> free;
    milliseconds wait{0};

    static constexpr auto fields() {
        using T = AcquireArgs;
        return std::tuple{
            Field{"executor_id", &T::executor_id, required_name(max_guid)},
            Field{"max", &T::max, number(1, max_acquire)},
            Field{"stacks", &T::stacks, names_of(0, max_label, max_names)},
            Field{"domains", &T::domains, names_of(0, max_label, max_names)},
            Field{"free", &T::free, {}},
            Field{"wait_ms", &T::wait, number(0, max_wait_ms)},
        };
    }
};

struct StartArgs {
    static constexpr Verb verb = Verb::start;
    using Reply = SeqReply;
    std::string_view guid;
    std::string_view executor_id;
    std::string_view container_handle;
    std::optional<Seq> epoch;

    static constexpr auto fields() {
        using T = StartArgs;
        return std::tuple{
            Field{"guid", &T::guid, required_name(max_guid)},
            Field{"executor_id", &T::executor_id, required_name(max_guid)},
            Field{"container_handle", &T::container_handle, limited_text(max_container_handle)},
            Field{"epoch", &T::epoch, number()},
        };
    }
};

struct CompleteArgs {
    static constexpr Verb verb = Verb::complete;
    using Reply = SeqReply;
    std::string_view guid;
    bool failed = false;
    std::string_view failure_reason;
    std::string_view result;
    std::optional<std::string_view> executor_id;
    std::optional<Seq> epoch;

    static constexpr auto fields() {
        using T = CompleteArgs;
        return std::tuple{
            Field{"guid", &T::guid, required_name(max_guid)},
            Field{"failed", &T::failed, {}},
            Field{"failure_reason", &T::failure_reason, limited_text(max_reason)},
            Field{"result", &T::result, bytes()},
            Field{"executor_id", &T::executor_id, name(1, max_guid)},
            Field{"epoch", &T::epoch, number()},
        };
    }
};

struct RejectArgs {
    static constexpr Verb verb = Verb::reject;
    using Reply = RejectReply;
    std::string_view guid;
    std::string_view executor_id;
    std::optional<Seq> epoch;
    std::string_view reason;
    std::optional<milliseconds> delay;

    static constexpr auto fields() {
        using T = RejectArgs;
        return std::tuple{
            Field{"guid", &T::guid, required_name(max_guid)},
            Field{"executor_id", &T::executor_id, required_name(max_guid)},
            Field{"epoch", &T::epoch, number()},
            Field{"reason", &T::reason, limited_text(max_reason)},
            Field{"delay_ms", &T::delay, number(0, max_delay_ms)},
        };
    }
};

struct CancelArgs {
    static constexpr Verb verb = Verb::cancel;
    using Reply = SeqReply;
    std::string_view guid;
    std::string_view reason;

    static constexpr auto fields() {
        using T = CancelArgs;
        return std::tuple{
            Field{"guid", &T::guid, required_name(max_guid)},
            Field{"reason", &T::reason, limited_text(max_reason)},
        };
    }
};

struct ResolvingArgs {
    static constexpr Verb verb = Verb::resolving;
    using Reply = OwnedReply;
    std::string_view guid;

    static constexpr auto fields() {
        return std::tuple{Field{"guid", &ResolvingArgs::guid, required_name(max_guid)}};
    }
};

struct ResolveArgs {
    static constexpr Verb verb = Verb::resolve;
    using Reply = SeqReply;
    std::string_view guid;
    std::optional<Seq> epoch;

    static constexpr auto fields() {
        using T = ResolveArgs;
        return std::tuple{
            Field{"guid", &T::guid, required_name(max_guid)},
            Field{"epoch", &T::epoch, number()},
        };
    }
};

struct GetArgs {
    static constexpr Verb verb = Verb::get;
    using Reply = GetReply;
    std::string_view guid;

    static constexpr auto fields() {
        return std::tuple{Field{"guid", &GetArgs::guid, required_name(max_guid)}};
    }
};

enum class ListView : std::uint8_t { header, full };

template <>
inline constexpr auto names<ListView> = std::to_array<std::string_view>({"header", "full"});

struct ListArgs {
    static constexpr Verb verb = Verb::list;
    using Reply = ListReply;
    std::optional<State> state;  // not resolved
    std::optional<std::string_view> domain;
    std::optional<std::string_view> executor_id;
    ListView view = ListView::header;
    std::int64_t limit = 100;
    std::string_view cursor;

    static constexpr auto fields() {
        using T = ListArgs;
        return std::tuple{
            Field{"state", &T::state, {}},
            Field{"domain", &T::domain, name(1, max_label)},
            Field{"executor_id", &T::executor_id, name(1, max_guid)},
            Field{"view", &T::view, {}},
            Field{"limit", &T::limit, number(1, max_list)},
            Field{"cursor", &T::cursor, text(max_integer)},
        };
    }
};

struct ConvergeArgs {
    static constexpr Verb verb = Verb::converge;
    using Reply = ConvergeReply;
    std::optional<milliseconds> time_to_claim;
    std::optional<milliseconds> convergence_interval;

    static constexpr auto fields() {
        using T = ConvergeArgs;
        return std::tuple{
            Field{"time_to_claim_ms", &T::time_to_claim, number()},
            Field{"convergence_interval_ms", &T::convergence_interval, number()},
        };
    }
};

struct HeartbeatArgs {
    static constexpr Verb verb = Verb::heartbeat;
    using Reply = HeartbeatReply;
    std::string_view executor_id;
    milliseconds ttl{15'000};
    std::string_view incarnation;
    std::vector<Holding> running;
    Names stacks;
    std::int64_t slots = 0;
    std::optional<Resources> free;

    static constexpr auto fields() {
        using T = HeartbeatArgs;
        return std::tuple{
            Field{"executor_id", &T::executor_id, required_name(max_guid)},
            Field{"ttl_ms", &T::ttl, number(min_ttl_ms, max_ttl_ms)},
            Field{"incarnation", &T::incarnation, text(max_label)},
            Field{"running", &T::running, names_of(1, max_guid, max_running_pairs)},
            Field{"stacks", &T::stacks, names_of(0, max_label, max_names)},
            Field{"slots", &T::slots, number()},
            Field{"free", &T::free, {}},
        };
    }
};

struct DepartArgs {
    static constexpr Verb verb = Verb::depart;
    using Reply = SeqReply;
    std::string_view executor_id;
    std::optional<std::string_view> incarnation;  // that alone (section 9, `depart.incarnation`)

    static constexpr auto fields() {
        using T = DepartArgs;
        return std::tuple{
            Field{"executor_id", &T::executor_id, required_name(max_guid)},
            Field{"incarnation", &T::incarnation, text(max_label)},
        };
    }
};

struct DrainArgs {
    static constexpr Verb verb = Verb::drain;
    using Reply = SeqReply;
    std::string_view executor_id;
    bool on = true;
    std::optional<std::string_view> incarnation;  // as in DepartArgs

    static constexpr auto fields() {
        using T = DrainArgs;
        return std::tuple{
            Field{"executor_id", &T::executor_id, required_name(max_guid)},
            Field{"on", &T::on, {}},
            Field{"incarnation", &T::incarnation, text(max_label)},
        };
    }
};

struct ExecutorsArgs {
    static constexpr Verb verb = Verb::executors;
    using Reply = ExecutorsReply;
    std::int64_t limit = 100;
    std::string_view cursor;

    static constexpr auto fields() {
        using T = ExecutorsArgs;
        return std::tuple{
            Field{"limit", &T::limit, number(1, max_list)},
            Field{"cursor", &T::cursor, text(max_integer)},
        };
    }
};

struct ReplayArgs {
    static constexpr Verb verb = Verb::replay;
    using Reply = ReplayReply;
    Seq after = 0;
    std::vector<Stream> streams;  // empty: all
    Names domains;                // empty: all
    std::string_view guid;        // empty: all
    std::int64_t limit = 1000;

    static constexpr auto fields() {
        using T = ReplayArgs;
        return std::tuple{
            Field{"after", &T::after, number()},
            Field{"streams", &T::streams, {.max_items = max_names}},
            Field{"domains", &T::domains, names_of(0, max_label, max_names)},
            Field{"guid", &T::guid, name(0, max_guid)},
            Field{"limit", &T::limit, number(1, max_replay)},
        };
    }
};

struct StatsArgs {
    static constexpr Verb verb = Verb::stats;
    using Reply = StatsReply;

    static constexpr auto fields() { return std::tuple{}; }
};

struct ExplainArgs {
    static constexpr Verb verb = Verb::explain;
    using Reply = ExplainReply;
    std::string_view guid;

    static constexpr auto fields() {
        return std::tuple{Field{"guid", &ExplainArgs::guid, required_name(max_guid)}};
    }
};

struct PauseArgs {
    static constexpr Verb verb = Verb::pause;
    using Reply = SeqReply;
    std::string_view domain;
    std::optional<std::string_view> stack;  // absent: every stack

    static constexpr auto fields() {
        using T = PauseArgs;
        return std::tuple{
            Field{"domain", &T::domain, required_name(max_label)},
            Field{"stack", &T::stack, name(0, max_label)},
        };
    }
};

struct ResumeArgs {
    static constexpr Verb verb = Verb::resume;
    using Reply = SeqReply;
    std::string_view domain;
    std::optional<std::string_view> stack;  // absent: every stack, whatever was paused of it

    static constexpr auto fields() {
        using T = ResumeArgs;
        return std::tuple{
            Field{"domain", &T::domain, required_name(max_label)},
            Field{"stack", &T::stack, name(0, max_label)},
        };
    }
};

struct PausedArgs {
    static constexpr Verb verb = Verb::paused;
    using Reply = PausedReply;

    static constexpr auto fields() { return std::tuple{}; }
};

}  // namespace taskbbs::protocol
