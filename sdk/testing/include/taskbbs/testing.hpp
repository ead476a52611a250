// Testing what is built on the SDK without a daemon, sockets, files or sleeps: a FakeBroker in the
// test's own process. It is the real thing (the board and the loop of taskbbsd, in front of a
// journal in memory) with a clock that the test turns; clients, executors, requesters and watchers
// are the real ones as well, and take it by their ClientOptions.
//
//     taskbbs::testing::FakeBroker broker;
//     auto executor = *taskbbs::Executor::open(
//         {.executor_id = "e", .client = broker.client_options()}, run_one);
//     auto client = *taskbbs::Client::open(broker.client_options());
//     client.desire_task({.guid = "g", .run_timeout = 5s});
//     broker.settle();                       // it was claimed, started and is being run
//     broker.advance(40s);                   // its time is over, the next pass says so
//     // ... and the function of the executor was told to stop
//
// Time: it stands still but for advance(). Everything that the broker and the SDK measure follows
// it: deadlines of calls, retries, heartbeats, passes of convergence, the waits of acquires. What a
// user waits for by the SDK's condition variables counts real time: wait_until_present(),
// wait_until_live(), and the timeouts of SubmittedTask; so do task functions, which are the test's
// own.
//
// Threads: the SDK's threads are there as ever; a blocking call returns when the broker has
// answered. One whose answer takes time (a broker that is away, an acquire that waits) waits until
// another thread turns the clock: make such a call with a callback, or on a thread of its own. With
// a Queue for callbacks and for ExecutorOptions::run_on, all that belongs to the test runs on the
// test's thread, and settle() and dispatch() in turns make it deterministic.
#pragma once

#include "taskbbs/client.hpp"
#include "taskbbs/export.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace taskbbs::testing {

// Those of taskbbsd's options that tests turn (config/taskbbsd.conf), with its defaults.
struct FakeBrokerOptions {
    milliseconds converge_every{30'000};  // 0: no passes but those asked for
    milliseconds time_to_claim{std::chrono::minutes(30)};
    milliseconds kick_interval{30'000};
    milliseconds claim_timeout{30'000};
    milliseconds resolve_timeout{30'000};
    milliseconds completed_expiry{0};  // 0: never
    milliseconds brake_grace{60'000};
    std::int64_t payload_bytes = 1 << 20;
    std::int64_t result_bytes = 1 << 20;
    std::int64_t tasks = 10'000'000;
};

// Thread-safe, but for what is said of advance(). It may go before its clients do: for them it is
// away then. The destructor of an Executor that the broker does not answer lets time go by, until
// that gives up.
class TASKBBS_EXPORT FakeBroker {
  public:
    explicit FakeBroker(FakeBrokerOptions options = {});
    ~FakeBroker();
    FakeBroker(FakeBroker&&) noexcept;
    FakeBroker& operator=(FakeBroker&&) noexcept;
    FakeBroker(const FakeBroker&) = delete;
    FakeBroker& operator=(const FakeBroker&) = delete;

    // For Client, Executor, Requester, Watcher: leads here.
    ClientOptions client_options(Post post = {}) const;

    // ---- time ----------------------------------------------------------------------------------
    // Lets time go by, from one thing that is due to the next, each at its own time, as if it had
    // passed; returns when it is over and all has settled. `by` < 0 counts as 0. One thread at a
    // time; inside a callback or handler that runs on a thread of the SDK it would wait for itself,
    // and throws std::logic_error. A handler that blocks holds it up.
    void advance(std::chrono::nanoseconds by);

    // Waits until all that can happen without time going by has happened: every message was
    // handled, and every thread of the SDK waits. Task functions that run, and callbacks in a
    // Queue, are not waited for. As advance(0).
    void settle();

    // The time on the board; created_at and the like are of this clock.
    Time now() const;

    // ---- what goes wrong -----------------------------------------------------------------------
    // The broker dies: connections break, what was not answered is not answered. What was answered
    // is kept. Again: nothing.
    void stop();
    // It comes back, by replaying its journal, and serves. Again: nothing. Clients connect again
    // when the pause of theirs is over, within 5 s of its time: advance().
    void start();
    // While on, requests are applied and their replies are lost: outcomes become unknown.
    void lose_replies(bool on);
    // While on, the disk is nearly full: desire, claim and acquire are refused as `read_only`.
    void set_read_only(bool on);

    // ---- what is there -------------------------------------------------------------------------
    // Whole tasks, as a client would get them; none while it is stopped.
    std::optional<Task> task(std::string_view guid) const;
    std::vector<Task> tasks() const;

    class World;

  private:
    std::shared_ptr<World> world_;
};

}  // namespace taskbbs::testing
