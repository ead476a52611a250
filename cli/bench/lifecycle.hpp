// One client's share of the load: so many tasks at a time go all the way from desire to resolve,
// each step sent when the one before it was answered.
#pragma once

#include "cli/bench/latencies.hpp"
#include "taskbbs/client.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace taskbbs::cli::bench {

// The same for all clients.
struct Plan {
    std::string domain;  // nobody else's; also the tasks' stack and the executor's name
    std::string payload;
    std::int64_t in_flight = 1;  // tasks at a time
    CallOptions options;         // of each step
};

// begin(), stop() and the rest belong to one thread; the steps run on the client's.
class Lifecycle {
  public:
    // `on_idle` is called on the client's thread whenever no task is under way any more: after
    // stop(), or after an error that would come again.
    Lifecycle(Client client, Plan plan, std::string name, std::function<void()> on_idle);
    Lifecycle(const Lifecycle&) = delete;
    Lifecycle& operator=(const Lifecycle&) = delete;
    ~Lifecycle() = default;

    void begin();

    // Starts no further task; those under way finish, and count no more.
    void stop() { stopping_ = true; }

    bool idle() const { return under_way_ == 0; }

    // For when it is idle.
    const Latencies& latencies() const { return latencies_; }

    std::int64_t lost() const { return lost_; }

    const std::optional<Error>& error() const { return error_; }

  private:
    void desire();
    void claim(const std::string& guid);
    void start(const std::string& guid, Seq epoch);
    void complete(const std::string& guid, Seq epoch);
    void resolving(const std::string& guid);
    void resolve(const std::string& guid, Seq epoch);
    void failed(const Error& error);
    void end_one();

    template <class Args, class Then>
    void step(const Args& args, Then then);

    Plan plan_;
    std::string name_;
    std::function<void()> on_idle_;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::int64_t> under_way_ = 0;
    std::int64_t desired_ = 0;
    Latencies latencies_;
    std::int64_t lost_ = 0;
    std::optional<Error> error_;
    Client client_;  // last: ends before what its callbacks use
};

}  // namespace taskbbs::cli::bench
