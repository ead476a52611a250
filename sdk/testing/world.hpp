// Everything between a FakeBroker and the SDK's drivers: the loop, connections as queues, stations
// as condition variables, and one clock that stands until it is turned. One lock for all of it; the
// loop runs on the thread that sends it something, or turns the clock.
//
// Quiet: every station is waited at, and none has a reason to return. Only then does time go on,
// so that what is due at one moment has had all its consequences before the next.
#pragma once

#include "sdk/testing/loop_host.hpp"
#include "sdk/transport.hpp"
#include "taskbbs/testing.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace taskbbs::testing {

class [[gnu::visibility("hidden")]] FakeBroker::World final
    : public sdk::Transport,
      public std::enable_shared_from_this<FakeBroker::World> {
  public:
    explicit World(const FakeBrokerOptions& options);

    // ---- for drivers ---------------------------------------------------------------------------
    sdk::Instant now() const override;
    void let_time_pass() override;
    Result<std::unique_ptr<sdk::Link>> dealer(const std::string& endpoint) override;
    Result<std::unique_ptr<sdk::Link>> subscriber(const std::string& endpoint,
                                                  const std::vector<std::string>& topics) override;
    std::unique_ptr<sdk::Station> station() override;

    // ---- for the test --------------------------------------------------------------------------
    void advance(sdk::Duration by);
    Time board_time() const;
    void start();
    void stop();
    void lose_replies(bool on);
    void set_read_only(bool on);
    std::vector<Task> tasks(std::optional<std::string_view> guid) const;

  private:
    class FakeLink;
    class FakeStation;

    using Lock = std::unique_lock<std::mutex>;

    Result<std::unique_ptr<sdk::Link>> connect(std::vector<std::string> topics);
    void deliver(const std::string& peer, std::string bytes);
    void publish(std::string_view topic, std::string_view body);
    bool is_quiet() const;
    void wait_until_quiet(Lock& lock);
    void refuse_own_thread() const;
    std::optional<sdk::Duration> next_due() const;
    void turn_clock(sdk::Duration to);

    sdk::Instant instant() const { return origin + elapsed_; }

    Time wall() const { return first_day + elapsed_; }

    static constexpr sdk::Instant origin{std::chrono::hours(1)};
    static constexpr Time first_day{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // All of the rest is guarded by mutex_.
    sdk::Duration elapsed_{0};  // since the origin
    sdk::Duration began_{0};    // the present life of the loop
    LoopHost loop_;
    std::map<std::string, FakeLink*> links_;  // by peer
    std::uint64_t last_link_ = 0;
    std::set<FakeStation*> stations_;
    bool losing_replies_ = false;
};

}  // namespace taskbbs::testing
