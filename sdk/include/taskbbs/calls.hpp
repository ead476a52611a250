// The verbs as values: arguments and answers of each, owning their bytes. What each verb accepts,
// does and refuses is docs/protocol.md, section 4. Where a member says nothing, its default is the
// contract's.
#pragma once

#include "taskbbs/error.hpp"
#include "taskbbs/task.hpp"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace taskbbs {

// ---- answers ---------------------------------------------------------------------------------

struct Limits {
    std::int64_t message_bytes = 0;
    std::int64_t reply_bytes = 0;
    std::int64_t requests = 0;
    std::int64_t unacked = 0;
    std::int64_t payload_bytes = 0;
    std::int64_t result_bytes = 0;
};

struct Hello {
    std::string server;
    std::int64_t protocol = 0;
    std::string broker_id;  // stable over restarts
    std::string log;        // names the history
    std::string events;     // where events are published; host "*": the one that answered
    Limits limits;
    std::vector<std::string> features;
    std::string role;
    std::string sync;
};

// A mutation was applied, durably: `seq` is its event.
struct Applied {
    Seq seq = 0;
};

// claim, resolving: the task is the caller's under `epoch`. A retry that came after the epoch had
// passed to somebody else finds no task.
struct Owned {
    Seq seq = 0;
    Seq epoch = 0;
    std::optional<Task> task;  // whole
};

struct Acquired {
    std::vector<Task> tasks;  // whole, each under its own `epoch`; empty: nothing in time
    Seq seq = 0;
};

// `state`: pending again, or completed when it was rejected once too often.
struct Rejected {
    Seq seq = 0;
    State state = State::pending;
};

struct Found {
    Task task;  // whole
    Seq seq = 0;
};

struct TaskPage {
    std::vector<Task> tasks;
    std::optional<std::string> cursor;  // absent at the end
    Seq seq = 0;                        // as of which the page is true
};

struct Converged {
    std::int64_t kicked = 0;
    std::int64_t demoted = 0;
    std::int64_t failed = 0;
    std::int64_t requeued = 0;
    std::int64_t expired = 0;
    Seq seq = 0;
};

struct HeartbeatAnswer {
    milliseconds ttl{0};
    std::vector<std::string> stale;  // guids to stop: somebody else's by now
    bool draining = false;
};

struct ExecutorInfo {
    std::string executor_id;
    std::string incarnation;
    Time joined_at = protocol::no_time;
    milliseconds ttl{0};
    milliseconds expires_in{0};
    std::int64_t claimed = 0;
    std::int64_t running = 0;
    bool draining = false;
    std::vector<std::string> stacks;
    std::int64_t slots = 0;
    std::optional<Resources> free;
};

struct ExecutorPage {
    std::vector<ExecutorInfo> executors;
    std::optional<std::string> cursor;  // absent at the end
    Seq seq = 0;
};

// `next`: pass it as `after` to go on; the end is reached where it equals `seq`. Events of a kind
// that this version does not know are left out.
struct Replayed {
    std::vector<Event> events;
    Seq next = 0;
    Seq seq = 0;
};

// An open map: see section 4 for those that are always there.
struct Stats {
    using Number = std::variant<std::int64_t, double, bool, std::string>;
    std::map<std::string, Number> values;
};

// ---- arguments -------------------------------------------------------------------------------

struct HelloArgs {
    using Reply = Hello;
};

// Fields that only the broker sets are not sent. An empty domain is refused; "default" is one.
struct DesireArgs {
    using Reply = Applied;
    Task task;
};

struct ClaimArgs {
    using Reply = Owned;
    std::string guid;
    std::string executor_id;
};

// Answered when a task is found or `wait` (0..60 s) is over. The call's timeout counts on top of
// it. Another acquire of the same client and executor ends this one: see Executor for a session of
// its own.
struct AcquireArgs {
    using Reply = Acquired;
    std::string executor_id;
    std::int64_t max = 1;              // 1..1024
    std::vector<std::string> stacks;   // empty: any
    std::vector<std::string> domains;  // empty: any
    std::optional<Resources> free;     // absent: any
    milliseconds wait{0};
};

// `epoch`, here and below: what claim, acquire or resolving answered; it fences former owners off.
// An absent one is not sent, for tools that can't know it: programs always give it.
struct StartArgs {
    using Reply = Applied;
    std::string guid;
    std::string executor_id;
    std::optional<Seq> epoch;
    std::string container_handle;  // 0..255 bytes
};

struct CompleteArgs {
    using Reply = Applied;
    std::string guid;
    std::optional<Seq> epoch;
    bool failed = false;
    std::string failure_reason;  // <= 1 KiB
    std::string result;          // <= limits.result_bytes
    std::optional<std::string> executor_id;
};

struct RejectArgs {
    using Reply = Rejected;
    std::string guid;
    std::string executor_id;
    std::optional<Seq> epoch;
    std::string reason;                 // <= 1 KiB
    std::optional<milliseconds> delay;  // 0..24 h; absent: 1 s, doubled with each rejection
};

struct CancelArgs {
    using Reply = Applied;
    std::string guid;
    std::string reason;
};

struct ResolvingArgs {
    using Reply = Owned;
    std::string guid;
};

struct ResolveArgs {
    using Reply = Applied;
    std::string guid;
    std::optional<Seq> epoch;
};

struct GetArgs {
    using Reply = Found;
    std::string guid;
};

// One page; Client::get_all_tasks() pages through.
struct ListArgs {
    using Reply = TaskPage;
    std::optional<State> state;
    std::optional<std::string> domain;
    std::optional<std::string> executor_id;
    bool full = false;         // whole tasks, else headers
    std::int64_t limit = 100;  // 1..1000
    std::string cursor;        // of the page before; empty: the first one
};

// Absent members: the broker's settings.
struct ConvergeArgs {
    using Reply = Converged;
    std::optional<milliseconds> time_to_claim;
    std::optional<milliseconds> convergence_interval;
};

// Executor keeps presence by itself; this is the bare verb.
struct HeartbeatArgs {
    using Reply = HeartbeatAnswer;
    std::string executor_id;
    milliseconds ttl{15'000};  // 1 s..10 min
    std::string incarnation;
    std::vector<Holding> running;  // <= 1024
    std::vector<std::string> stacks;
    std::int64_t slots = 0;
    std::optional<Resources> free;
};

struct DepartArgs {
    using Reply = Applied;
    std::string executor_id;
};

struct DrainArgs {
    using Reply = Applied;
    std::string executor_id;
    bool on = true;
};

struct ExecutorsArgs {
    using Reply = ExecutorPage;
    std::int64_t limit = 100;  // 1..1000
    std::string cursor;
};

// Refused as `truncated` (Error::oldest) where events after `after` are kept no more.
struct ReplayArgs {
    using Reply = Replayed;
    Seq after = 0;
    std::vector<Stream> streams;       // empty: all
    std::vector<std::string> domains;  // empty: all
    std::string guid;                  // empty: all
    std::int64_t limit = 1000;         // 1..10000
};

struct StatsArgs {
    using Reply = Stats;
};

}  // namespace taskbbs
