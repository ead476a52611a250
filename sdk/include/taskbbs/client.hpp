// A connection to the board: every verb of docs/protocol.md, section 4, blocking or with a
// callback, and the seed's names on top of them.
//
// Retries are the client's business (section 2, "Retries are safe"). It has one session; a call
// keeps its id over timeouts, reconnects and broker restarts until its deadline, and the broker
// applies it once. So a call that comes back without an error, or refused, needs no second try; one
// that comes back with `outcome_unknown` (`timed_out`, or refused after a reconnection) may have
// been applied: ask `get` before doing it again. The broker's `busy` is retried with growing pauses
// until the deadline and handed over only then.
//
// Calls may be pipelined: those that pile up travel in one message. They are applied in the order
// in which one thread made them, except that a call which was `busy` or was lost is retried after
// those behind it: a call that needs the outcome of another waits for it.
#pragma once

#include "taskbbs/calls.hpp"
#include "taskbbs/curve.hpp"
#include "taskbbs/dispatch.hpp"
#include "taskbbs/error.hpp"
#include "taskbbs/export.hpp"
#include "taskbbs/watch.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskbbs {

namespace sdk {
class Transport;
}

struct ClientOptions {
    std::string endpoint = "tcp://127.0.0.1:7411";  // of requests
    std::string events_endpoint;                    // empty: what the broker's hello says
    // Of a broker that serves with CURVE; read_curve_keys() reads them from files. Nothing: in the
    // clear. A key that the broker does not know makes every call `refused` as `denied`.
    std::optional<CurveKeys> curve;
    // Calls that may be under way or wait at once; more are `overloaded`. At most 4096 mutations of
    // them are under way, the rest wait their turn. 1..1048576.
    std::size_t max_calls = 65'536;
    // Where callbacks and handlers run. Empty: on the SDK's own threads, as said with each.
    Post post;
    // Null: sockets. testing::FakeBroker gives another one.
    std::shared_ptr<sdk::Transport> transport;
};

struct CallOptions {
    // From now; retries included; the wait of an acquire comes on top. More than 30 min is cut to
    // that; a negative one is over at once, with nothing sent, not even an acquire's wait.
    milliseconds timeout{30'000};
};

template <class T>
using Callback = std::function<void(Result<T>)>;

// How a task ended, for complete_task().
struct Outcome {
    bool failed = false;
    std::string failure_reason;  // <= 1 KiB
    std::string result;          // <= limits.result_bytes
};

using TaskHandler = std::function<void(const Task&)>;
using EndHandler = std::function<void(const std::optional<Error>&)>;

// Thread-safe: any number of threads call at once. Callbacks run on the client's I/O thread,
// without locks, never inside the call that they belong to, each exactly once: they must be quick
// and must not throw. A blocking call inside one is refused as `misuse`; calls with a callback are
// welcome there. With ClientOptions::post they run where that puts them instead, each exactly once
// too, and may block.
class TASKBBS_EXPORT Client {
  public:
    // Makes the sockets and the thread; connects in the background, so an unreachable broker shows
    // in the calls' deadlines. Fails with `unusable_endpoint`: neither tcp://HOST:PORT (port
    // 1..65535) nor ipc://PATH, or no descriptor or thread was left; or with `unusable_key`.
    static Result<Client> open(ClientOptions options = {});

    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    // Ends the watches, then completes every call under way with `closed`; no callback or handler
    // runs after it returns. Not to be called by one of them. (With ClientOptions::post the
    // callbacks of calls are handed to it before this returns, and run when it runs them.)
    ~Client();

    // ---- every verb ----------------------------------------------------------------------------
    // `Args` is one of calls.hpp, which says what each does and is refused with. Waits for the
    // answer, until the deadline. Besides refusals (`refused`), any call may come to `timed_out`,
    // `closed`, `overloaded` (max_calls or 256 MiB of arguments are waiting), `unreadable`,
    // `misuse`; one that no message can hold is refused here as `too_large`. Retry-safe: see above.
    template <class Args>
    Result<typename Args::Reply> call(const Args& args, CallOptions options = {});

    // The same with a callback, anything that takes a Result<Args::Reply>; returns at once.
    template <class Args, std::invocable<Result<typename Args::Reply>> Done>
    void call(const Args& args, Done done, CallOptions options = {}) {
        begin(args, Callback<typename Args::Reply>(std::move(done)), options);
    }

    // Who answers there, its limits, where events are published. A read.
    Result<Hello> hello(CallOptions options = {}) { return call(HelloArgs{}, options); }

    // Puts a task on the board. `already_exists`, `too_large`, `read_only`.
    Result<Applied> desire(const DesireArgs& a, CallOptions o = {}) { return call(a, o); }

    // Takes one pending task for an executor. `not_found`, `wrong_state`, `read_only`.
    Result<Owned> claim(const ClaimArgs& a, CallOptions o = {}) { return call(a, o); }

    // Takes up to 1024 pending tasks, waiting for the first one up to 60 s. `read_only`.
    // ExecutorSession::acquire() is for those that stay.
    Result<Acquired> acquire(const AcquireArgs& a, CallOptions o = {}) { return call(a, o); }

    // A claimed task runs. `not_found`, `wrong_state`, `not_owner`, `too_large`.
    Result<Applied> start(const StartArgs& a, CallOptions o = {}) { return call(a, o); }

    // A running task has ended. `not_found`, `wrong_state`, `not_owner`, `too_large`.
    Result<Applied> complete(const CompleteArgs& a, CallOptions o = {}) { return call(a, o); }

    // Gives a task back. `not_found`, `wrong_state`, `not_owner`, `too_large`.
    Result<Rejected> reject(const RejectArgs& a, CallOptions o = {}) { return call(a, o); }

    // Fails a task that has not ended. `not_found`, `wrong_state`, `too_large`.
    Result<Applied> cancel(const CancelArgs& a, CallOptions o = {}) { return call(a, o); }

    // Takes a completed task's outcome. `not_found`, `wrong_state`.
    Result<Owned> resolving(const ResolvingArgs& a, CallOptions o = {}) { return call(a, o); }

    // Removes a task whose outcome was handled. `not_found`, `wrong_state`, `not_owner`.
    Result<Applied> resolve(const ResolveArgs& a, CallOptions o = {}) { return call(a, o); }

    // One task, whole. A read. `not_found`.
    Result<Found> get(const GetArgs& a, CallOptions o = {}) { return call(a, o); }

    // One page of tasks, up to 1000. A read. list_all() pages through.
    Result<TaskPage> list(const ListArgs& a, CallOptions o = {}) { return call(a, o); }

    // One whole pass of convergence, now. Safe to repeat.
    Result<Converged> converge(const ConvergeArgs& a, CallOptions o = {}) { return call(a, o); }

    // Renews presence once; ExecutorSession keeps it. Safe to repeat. `not_owner`: superseded.
    Result<HeartbeatAnswer> heartbeat(const HeartbeatArgs& a, CallOptions o = {}) {
        return call(a, o);
    }

    // Takes an executor off the board. `not_found`.
    Result<Applied> depart(const DepartArgs& a, CallOptions o = {}) { return call(a, o); }

    // Lets an executor finish and take no more, or ends that. `not_found`.
    Result<Applied> drain(const DrainArgs& a, CallOptions o = {}) { return call(a, o); }

    // One page of the executors that are present, up to 1000. A read.
    Result<ExecutorPage> executors(const ExecutorsArgs& a, CallOptions o = {}) {
        return call(a, o);
    }

    // One page of past events, up to 10,000. A read. `truncated`: kept no more.
    Result<Replayed> replay(const ReplayArgs& a, CallOptions o = {}) { return call(a, o); }

    // The broker's counters and gauges. A read.
    Result<Stats> stats(CallOptions options = {}) { return call(StatsArgs{}, options); }

    // What becomes of a task, and when. A read. `not_found`; `unknown_verb`: an older broker.
    Result<Explained> explain(const ExplainArgs& a, CallOptions o = {}) { return call(a, o); }

    // Has acquire pass the queues of a domain, or its one of a stack, by. `busy`; `unknown_verb`:
    // an older broker.
    Result<Applied> pause(const PauseArgs& a, CallOptions o = {}) { return call(a, o); }

    // Ends that. `not_found`: it is not paused.
    Result<Applied> resume(const ResumeArgs& a, CallOptions o = {}) { return call(a, o); }

    // What is paused. A read.
    Result<Paused> paused(CallOptions options = {}) { return call(PausedArgs{}, options); }

    // ---- the seed's names ----------------------------------------------------------------------
    // Each is the call above it by another name, with its statuses and bounds; all are retry-safe.
    // Puts `task` on the board, pending.
    Result<Applied> desire_task(const Task& task, CallOptions options = {});
    // Pending -> claimed. The epoch in the answer fences former owners off: pass it on.
    Result<Owned> claim_task(std::string_view guid,
                             std::string_view executor_id,
                             CallOptions options = {});
    // Claimed -> running. `epoch` from claim_task(); `container_handle` 0..255 bytes, may be empty.
    Result<Applied> start_task(std::string_view guid,
                               std::string_view executor_id,
                               Seq epoch,
                               std::string_view container_handle,
                               CallOptions options = {});
    // Running -> completed, with the outcome. An outcome is accepted once.
    Result<Applied> complete_task(std::string_view guid,
                                  Seq epoch,
                                  const Outcome& outcome,
                                  CallOptions options = {});
    // Completed -> resolving: the outcome is the caller's to handle, under the epoch answered.
    Result<Owned> resolving_task(std::string_view guid, CallOptions options = {});
    // Resolving -> gone.
    Result<Applied> resolve_task(std::string_view guid, Seq epoch, CallOptions options = {});
    // One pass. `time_to_claim`: pending for so long, a task fails; `convergence_interval` stands
    // for kick interval, claim timeout and resolve timeout. Both >= 0.
    Result<Converged> converge_tasks(milliseconds time_to_claim,
                                     milliseconds convergence_interval,
                                     CallOptions options = {});

    // Page through to the end: whole tasks; one that is not touched meanwhile appears exactly once.
    // The timeout holds for all pages together. Reads: safe to repeat.
    Result<std::vector<Task>> get_all_tasks(CallOptions options = {});
    // Those in one state, each as above.
    Result<std::vector<Task>> get_all_pending_tasks(CallOptions options = {});
    Result<std::vector<Task>> get_all_claimed_tasks(CallOptions options = {});
    Result<std::vector<Task>> get_all_running_tasks(CallOptions options = {});
    Result<std::vector<Task>> get_all_completed_tasks(CallOptions options = {});
    Result<std::vector<Task>> get_all_resolving_tasks(CallOptions options = {});
    // The same for any filter; `limit` is the size of a page, `cursor` where to begin.
    Result<std::vector<Task>> list_all(ListArgs args, CallOptions options = {});

    // ---- watches -------------------------------------------------------------------------------
    // Delivers what WatchOptions asks for, missing nothing, over broker restarts and absences,
    // until the returned handle is stopped or destroyed or this client is. A filter that the
    // contract does not allow ends it at once, as `invalid_request`.
    Watch watch(WatchOptions options, WatchHandlers handlers);

    // Headers of all tasks that are pending now and of each that becomes pending, is announced
    // again (a kick) or comes back (a demotion), at least once each: claim what you want, others
    // may be first.
    Watch watch_for_desired_task(TaskHandler on_task,
                                 EndHandler on_end = {},
                                 std::vector<std::string> domains = {});
    // The same of completed tasks: resolving_task() picks the one who handles the outcome.
    Watch watch_for_completed_task(TaskHandler on_task,
                                   EndHandler on_end = {},
                                   std::vector<std::string> domains = {});

    class Core;

    // For the SDK's own parts.
    const std::shared_ptr<Core>& core() const { return core_; }

  private:
    explicit Client(std::shared_ptr<Core> core);
    template <class Args>
    void begin(const Args& args, Callback<typename Args::Reply> done, CallOptions options);
    Watch watch_for(Stream stream,
                    TaskHandler on_task,
                    EndHandler on_end,
                    std::vector<std::string> domains);

    std::shared_ptr<Core> core_;
};

}  // namespace taskbbs
