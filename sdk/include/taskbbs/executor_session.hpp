// An executor's place on the board: keeps it present (docs/protocol.md, section 5) from a thread
// and a session of its own, however long its work takes, and acquires tasks on a second session, so
// that a waiting acquire holds nothing else up.
#pragma once

#include "taskbbs/client.hpp"
#include "taskbbs/export.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs {

enum class Presence : std::uint8_t {
    joining,  // no heartbeat was answered yet
    present,  // the newest answered heartbeat is younger than the ttl
    unsure,   // it is not: the broker is away or out of reach, and may take this executor for lost
    superseded,  // another incarnation of this executor_id joined: this one never comes back
    departed,    // depart() was called, or the broker refused for good
};

// Called one at a time on the executor's own thread, not after the destructor returns. They must be
// quick and must not throw: while one runs, no heartbeat leaves. With ClientOptions::post they run
// where that puts them, and hold nothing up.
struct ExecutorSessionHandlers {
    // The executor does not own this task any more (lost, demoted, cancelled, rejected, completed,
    // or all of them when it was superseded): stop running it. It is released already. Once for
    // each guid and epoch.
    std::function<void(const std::string& guid)> on_stale;
    // Draining began or ended: finish what runs; acquire is answered empty at once.
    std::function<void(bool draining)> on_draining;
    // Each change of presence. `error`: why, where the broker refused.
    std::function<void(Presence presence, const std::optional<Error>& error)> on_presence;
};

struct ExecutorSessionOptions {
    std::string executor_id;          // 1..128 of A-Z a-z 0-9 _ -
    milliseconds ttl{15'000};         // 1 s..10 min; a heartbeat leaves at least every third of it
    std::vector<std::string> stacks;  // what it can run; empty: anything
    std::int64_t slots = 0;           // how many tasks it can run at once; for others to see
    std::optional<Resources> free;    // what it has left; for others to see
    ExecutorSessionHandlers handlers;
    ClientOptions client;
};

// What to acquire; see AcquireArgs. Absent stacks: the executor's own.
struct AcquireOptions {
    std::int64_t max = 1;                            // 1..1024
    std::optional<std::vector<std::string>> stacks;  // empty: any
    std::vector<std::string> domains;                // empty: any
    std::optional<Resources> free;                   // absent: any
    milliseconds wait{30'000};                       // 0..60 s
};

// Thread-safe. The incarnation is chosen at random when it is made, so an executor that restarts,
// or a second one under the same id, takes the place of the former.
class TASKBBS_EXPORT ExecutorSession {
  public:
    // Heartbeats begin at once, in the background. Fails with `unusable_endpoint`, or `refused` as
    // `invalid_request` where executor_id, ttl, stacks, slots or free are not within the bounds
    // above (Error::field).
    static Result<ExecutorSession> open(const ExecutorSessionOptions& options);

    ExecutorSession(ExecutorSession&&) noexcept;
    ExecutorSession& operator=(ExecutorSession&&) noexcept;
    ExecutorSession(const ExecutorSession&) = delete;
    ExecutorSession& operator=(const ExecutorSession&) = delete;
    // Stops heartbeats without departing: the broker takes it for lost after its ttl, so that tasks
    // can be picked up by nobody meanwhile. Call depart() first to leave at once.
    ~ExecutorSession();

    const std::string& executor_id() const;
    const std::string& incarnation() const;  // 32 hex digits

    // As of the last answered heartbeat; they wait for nothing.
    Presence presence() const;
    bool draining() const;

    // Waits until the broker has answered a heartbeat, at most 30 min. `timed_out`, at once where
    // `timeout` is negative; `refused` where it was superseded or refused for good; `closed` after
    // depart(). Retry-safe.
    Result<void> wait_until_present(milliseconds timeout);

    // Acquires on the session of its own and holds what it gets; waits for presence first (within
    // `options.wait` and the timeout). One at a time: a second call waits for the first.
    // Empty: nothing in time, or draining. Errors as wait_until_present(), `closed` after depart()
    // included, and those of Client::acquire(). Retry-safe, as all calls are.
    Result<Acquired> acquire(const AcquireOptions& options = {}, CallOptions call = {});

    // The same with a callback, for a client's callback place; returns at once. It does not wait
    // for presence: call it once present. The tasks are held before `done` is called.
    void acquire(const AcquireOptions& options, Callback<Acquired> done, CallOptions call = {});

    // Ends the wait of an acquire that was sent, without the right to drain(): that call comes back
    // at once, with what it was handed over before, or empty. Returns at once, and takes no task
    // itself. Where none waits, or the broker is `read_only`, nothing happens. Retry-safe.
    void end_acquire(CallOptions call = {});

    // Which tasks it has, for one that claims by itself: named in heartbeats, so that on_stale can
    // tell when one is lost. Any number; beyond 1024 they are named in turns. acquire() holds by
    // itself.
    void hold(std::string_view guid, Seq epoch);
    void release(std::string_view guid);
    std::vector<Holding> held() const;

    // What the next heartbeats say; the next one leaves at once.
    void set_capacity(std::int64_t slots, std::optional<Resources> free);

    // Leaves the board: its tasks are failed or requeued at once. No heartbeat follows, whatever
    // the answer, so after a timeout it is lost with its ttl. `not_found`: it was not there.
    // Retry-safe.
    Result<Applied> depart(CallOptions options = {});
    // The same with a callback, for a client's callback place; returns at once.
    void depart(Callback<Applied> done, CallOptions options = {});

    // Its client of presence, for claim, start, complete, reject: heartbeats share it.
    Client& client();

    class Core;

  private:
    explicit ExecutorSession(std::unique_ptr<Core> core);

    std::unique_ptr<Core> core_;
};

}  // namespace taskbbs
