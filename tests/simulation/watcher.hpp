// A watcher: the SDK's own watch machine over a lossy subscription. What it delivered is compared,
// in the end, with what happened.
#pragma once

#include "sdk/watch.hpp"
#include "tests/simulation/client.hpp"

#include <string>
#include <vector>

namespace taskbbs::simulation {

class Watcher {
  public:
    Watcher(Bench& bench, WatchOptions options);
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    // Throws Finding unless it has seen every event that matches, up to this one at least, each
    // once and in its stream's order. One that was told that events are gone is excused.
    void check(Seq up_to) const;

    // It has seen all up to there.
    Seq position() const { return machine_.position(); }

    bool was_reset() const { return was_reset_; }

  private:
    void turn();
    void connect();
    bool matches(const Fact& fact) const;

    Bench& bench_;
    WatchOptions options_;
    Client client_;
    sdk::WatchMachine machine_;
    std::uint64_t subscription_ = 0;
    Alarm alarm_;
    std::vector<Event> seen_;
    bool was_reset_ = false;
};

}  // namespace taskbbs::simulation
