// The verbs as values: arguments and answers of each, owning their bytes. Above each: its effect,
// and the statuses that it is refused with besides those which any request may get (section 6):
// `invalid_request` with `field`, `busy` (retried until the deadline first), `denied`. Every call
// is safe to retry: see Client. All of it is docs/protocol.md, section 4. Lengths are in bytes; a
// guid, executor_id, domain or stack is of A-Z a-z 0-9 _ -. Where a member says nothing, its
// default is the contract's.
#pragma once

#include "taskbbs/error.hpp"
#include "taskbbs/export.hpp"
#include "taskbbs/task.hpp"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace taskbbs {

// ---- answers ---------------------------------------------------------------------------------

// The broker's bounds, as an operator has set them.
struct Limits {
    std::int64_t message_bytes = 0;  // of a request message
    std::int64_t reply_bytes = 0;    // a page ends once it has passed this
    std::int64_t requests = 0;       // in one message
    std::int64_t unacked = 0;        // mutations of one session whose answers were not acked
    std::int64_t payload_bytes = 0;  // of a task's payload
    std::int64_t result_bytes = 0;   // of a task's result
};

struct Hello {
    std::string server;         // name and version, for people
    std::int64_t protocol = 0;  // 1
    std::string broker_id;      // stable over restarts
    std::string log;            // names the history
    std::string events;         // where events are published; host "*": the one that answered
    Limits limits;
    std::vector<std::string> features;  // extensions that it knows
    std::string role;  // this client's: monitor, requester, executor, operator; several by commas
    std::string sync;  // "always"; "never": a crash of the machine may lose events
    Seq seq = 0;       // the newest event then; 0: this broker does not say
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

// Tasks that the pass has touched, by what became of them (section 5).
struct Converged {
    std::int64_t kicked = 0;    // announced again
    std::int64_t demoted = 0;   // back to pending or completed
    std::int64_t failed = 0;    // completed by a time limit or a lost executor
    std::int64_t requeued = 0;  // back to pending: their executor was lost
    std::int64_t expired = 0;   // completed for too long: gone
    Seq seq = 0;
};

struct HeartbeatAnswer {
    milliseconds ttl{0};             // present for so long from when the broker received it
    std::vector<std::string> stale;  // guids to stop: somebody else's by now
    bool draining = false;           // finish what runs, take no more
};

// An executor that is present.
struct ExecutorInfo {
    std::string executor_id;
    std::string incarnation;
    Time joined_at = protocol::no_time;
    milliseconds ttl{0};
    milliseconds expires_in{0};  // until its presence runs out, if no heartbeat comes
    std::int64_t claimed = 0;    // tasks that it has in this state
    std::int64_t running = 0;
    bool draining = false;
    std::vector<std::string> stacks;  // here and below: as its last heartbeat said
    std::int64_t slots = 0;
    std::optional<Resources> free;
    std::vector<std::string> domains;  // as its latest acquire said; empty: any
};

struct ExecutorPage {
    std::vector<ExecutorInfo> executors;
    std::optional<std::string> cursor;  // absent at the end
    Seq seq = 0;                        // as of which the page is true
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

// Who has a claimed or running task.
struct Owner {
    std::string executor_id;
    bool present = false;
    bool draining = false;
    bool held = false;               // by the brake: it would be lost otherwise
    milliseconds ttl{0};             // here and below: where it is present
    std::optional<Time> expires_at;  // when its presence runs out, if no heartbeat comes
    std::optional<Time> lost_at;     // and when it is lost then
};

// What becomes of a task that nobody touches. Moments are on the broker's clock, as `at` is; one
// that is absent never comes. Those of convergence are when it becomes due: the next pass does it.
struct Explained {
    Task task;  // a header: without payload, result and annotation
    Seq seq = 0;
    Time at = protocol::no_time;    // when the broker was asked
    std::optional<Time> fail_at;    // pending: not claimed in time; running: the run timeout
    std::optional<Time> demote_at;  // claimed: back to pending; resolving: back to completed
    std::optional<Time> expire_at;  // completed: gone
    std::optional<Time> kick_at;    // pending, completed: announced again
    std::int64_t kicks = 0;         // in a row
    bool doomed = false;            // its executor was lost, it is about to be ended for that
    std::optional<Owner> owner;     // of a claimed or running task
    milliseconds every{0};          // between two passes; 0: only those that are asked for
    std::optional<Time> next_pass_at;
    bool brake = false;                // it holds executors that have run out
    bool read_only = false;            // the broker's disk is short: no claims, no kicks
    std::optional<Time> paused_since;  // pending: its queue is paused, no acquire gets it
};

// Queues that are paused: those of a domain, or its one of a stack.
struct Pause {
    std::string domain;
    std::optional<std::string> stack;  // absent: every stack of the domain
    Time since = protocol::no_time;    // the first time, where it was said again
};

struct Paused {
    std::vector<Pause> pauses;  // by domain, then stack; at most 1024
    Seq seq = 0;                // as of which it is true
};

// ---- arguments -------------------------------------------------------------------------------

// Asks who answers there, and with which bounds. A read.
struct TASKBBS_EXPORT HelloArgs {
    using Reply = Hello;
};

// Puts a task on the board, pending. Fields that only the broker sets are not sent. An empty domain
// is refused; "default" is one. `already_exists`: the guid is on the board; `too_large`: payload or
// annotation; `read_only`: the broker's disk is nearly full.
struct TASKBBS_EXPORT DesireArgs {
    using Reply = Applied;
    Task task;
};

// Takes a pending task: claimed, by this executor, under a new epoch. `not_found`; `wrong_state`:
// not pending (Error::state), or not before its `not_before`; `read_only`.
struct TASKBBS_EXPORT ClaimArgs {
    using Reply = Owned;
    std::string guid;
    std::string executor_id;
};

// Claims up to `max` pending tasks that match, by priority, then those pending longest. Answered
// when one is found or `wait` is over, empty then; at once and empty while the executor drains. The
// call's timeout counts on top of `wait`. `busy`: too many wait; `read_only`. Another acquire of
// the same client and executor ends this one: see ExecutorSession for a session of its own.
struct TASKBBS_EXPORT AcquireArgs {
    using Reply = Acquired;
    std::string executor_id;
    std::int64_t max = 1;              // 1..1024
    std::vector<std::string> stacks;   // empty: any; up to 1024
    std::vector<std::string> domains;  // empty: any; up to 1024
    std::optional<Resources> free;     // what all of them together may need; absent: any
    milliseconds wait{0};              // 0..60 s
};

// `epoch`, here and below: what claim, acquire or resolving answered; it fences former owners off.
// An absent one is not sent, for tools that can't know it: programs always give it.

// A claimed task of this executor now runs. `not_found`, `wrong_state`, `not_owner` (Error names
// the present owner), `too_large`: the handle.
struct TASKBBS_EXPORT StartArgs {
    using Reply = Applied;
    std::string guid;
    std::string executor_id;
    std::optional<Seq> epoch;
    std::string container_handle;  // 0..255 bytes
};

// A running task has ended, with this outcome; nobody owns it any more. `not_found`; `wrong_state`:
// not running, so another outcome was accepted; `not_owner`: another epoch or executor;
// `too_large`: result or reason.
struct TASKBBS_EXPORT CompleteArgs {
    using Reply = Applied;
    std::string guid;
    std::optional<Seq> epoch;
    bool failed = false;
    std::string failure_reason;              // <= 1 KiB
    std::string result;                      // <= limits.result_bytes
    std::optional<std::string> executor_id;  // absent: whoever owns it; the epoch tells
};

// Gives a claimed or running task back: pending, not before `delay` is over, or completed and
// failed once it was rejected more than max_rejections times. `not_found`, `wrong_state`,
// `not_owner`, `too_large`: the reason.
struct TASKBBS_EXPORT RejectArgs {
    using Reply = Rejected;
    std::string guid;
    std::string executor_id;
    std::optional<Seq> epoch;
    std::string reason;                 // <= 1 KiB
    std::optional<milliseconds> delay;  // 0..24 h; absent: 1 s, doubled with each rejection
};

// Fails a task that is pending, claimed or running: completed, "cancelled: REASON". Its executor
// hears of it as stale. `not_found`, `wrong_state`, `too_large`: the reason.
struct TASKBBS_EXPORT CancelArgs {
    using Reply = Applied;
    std::string guid;
    std::string reason;  // <= 1 KiB
};

// Takes a completed task's outcome: resolving, under a new epoch. Of several who try, one gets it.
// `not_found`, `wrong_state`.
struct TASKBBS_EXPORT ResolvingArgs {
    using Reply = Owned;
    std::string guid;
};

// The outcome was handled: the task is gone. `not_found`: it is gone already, or never was;
// `wrong_state`: not resolving; `not_owner`: it timed out and another one took it.
struct TASKBBS_EXPORT ResolveArgs {
    using Reply = Applied;
    std::string guid;
    std::optional<Seq> epoch;
};

// Reads one task, whole. `not_found`.
struct TASKBBS_EXPORT GetArgs {
    using Reply = Found;
    std::string guid;
};

// Reads one page of the tasks that match; Client::get_all_tasks() pages through. A page may be
// short at any time, it is the last one where it has no cursor.
struct TASKBBS_EXPORT ListArgs {
    using Reply = TaskPage;
    std::optional<State> state;  // absent, here and below: any
    std::optional<std::string> domain;
    std::optional<std::string> executor_id;
    bool full = false;         // whole tasks, else headers
    std::int64_t limit = 100;  // 1..1000
    std::string cursor;        // of the page before; empty: the first one
};

// Makes one whole pass of convergence now (section 5); answered when it is over. Safe to repeat:
// what is no longer due is left alone. Absent members: the broker's settings.
struct TASKBBS_EXPORT ConvergeArgs {
    using Reply = Converged;
    std::optional<milliseconds> time_to_claim;         // pending for longer: failed
    std::optional<milliseconds> convergence_interval;  // kicks, claims, resolving: for longer, due
};

// Renews an executor's presence, or makes it join. ExecutorSession does so by itself; this is the
// bare verb. Not remembered, safe to repeat. `not_owner`: another incarnation has joined
// (Error::incarnation) and this one never comes back.
struct TASKBBS_EXPORT HeartbeatArgs {
    using Reply = HeartbeatAnswer;
    std::string executor_id;
    milliseconds ttl{15'000};         // 1 s..10 min; fixed per incarnation
    std::string incarnation;          // <= 64; another one than the present: it restarted
    std::vector<Holding> running;     // what it has, so that the stale is told; <= 1024
    std::vector<std::string> stacks;  // for others to see
    std::int64_t slots = 0;           // for others to see
    std::optional<Resources> free;    // for others to see
};

// Takes an executor off the board at once; its tasks are failed or requeued before the answer
// comes. `not_found`: it is not present. `not_owner`: another incarnation is (Error::incarnation).
struct TASKBBS_EXPORT DepartArgs {
    using Reply = Applied;
    std::string executor_id;
    // Only this one. A broker that does not name "depart.incarnation" in Hello::features does not
    // look at it.
    std::optional<std::string> incarnation;
};

// Tells an executor to finish what it runs and take no more, or ends that. Lasts until it leaves.
// `not_found`: it is not present. `not_owner`: another incarnation is (Error::incarnation).
struct TASKBBS_EXPORT DrainArgs {
    using Reply = Applied;
    std::string executor_id;
    bool on = true;
    std::optional<std::string> incarnation;  // as in DepartArgs
};

// Reads one page of the executors that are present.
struct TASKBBS_EXPORT ExecutorsArgs {
    using Reply = ExecutorPage;
    std::int64_t limit = 100;  // 1..1000
    std::string cursor;        // of the page before; empty: the first one
};

// Reads one page of what happened; a page may be empty and not the last. Refused as `truncated`
// (Error::oldest) where events after `after` are kept no more.
struct TASKBBS_EXPORT ReplayArgs {
    using Reply = Replayed;
    Seq after = 0;
    std::vector<Stream> streams;       // empty: all
    std::vector<std::string> domains;  // empty: all
    std::string guid;                  // empty: all
    std::int64_t limit = 1000;         // 1..10000
};

// Reads the broker's counters and gauges.
struct TASKBBS_EXPORT StatsArgs {
    using Reply = Stats;
};

// Asks what becomes of a task. A read. An extension: a broker that does not name "explain" in
// Hello::features refuses it as `unknown_verb`. `not_found`.
struct TASKBBS_EXPORT ExplainArgs {
    using Reply = Explained;
    std::string guid;
};

// Pauses the queues of a domain, or its one of a stack: acquire passes their tasks by until they
// are resumed, over restarts of the broker. Desires go on, and so do claims of a guid, time limits
// and what is claimed or runs already. What is paused already stays so. An extension (section 9): a
// broker that does not name "pause" in Hello::features refuses all three as `unknown_verb`. `busy`:
// 1024 pauses are there.
struct TASKBBS_EXPORT PauseArgs {
    using Reply = Applied;
    std::string domain;
    std::optional<std::string> stack;  // absent: every stack, also of tasks to come
};

// Ends the pause of a stack, or whatever is paused of a domain; acquires that wait get the tasks at
// once. `not_found`: there is no such pause (of a stack: the domain may be paused as a whole).
struct TASKBBS_EXPORT ResumeArgs {
    using Reply = Applied;
    std::string domain;
    std::optional<std::string> stack;  // absent: every pause of the domain
};

// Reads what is paused, all of it.
struct TASKBBS_EXPORT PausedArgs {
    using Reply = Paused;
};

}  // namespace taskbbs
