// An executor: keeps presence by the SDK's own machine, acquires, starts, completes, rejects; and
// dies, mostly without a word, while its last requests are still on their way or are yet to be made
// in its name.
#pragma once

#include "sdk/presence.hpp"
#include "tests/simulation/client.hpp"

#include <map>
#include <string>

namespace taskbbs::simulation {

class Worker {
  public:
    struct Habits {
        std::int64_t slots = 3;
        milliseconds ttl{1000};
        Duration works = 400ms;  // at most, on a task
        double rejects = 0.05;
        double hangs = 0.03;      // never completes
        double claims = 0.1;      // by guid, what it finds in a list, instead of acquiring
        double walks_dead = 0.5;  // after its death its work still completes, too late
    };

    // `number`: the incarnation.
    Worker(Bench& bench, std::string id, int number, Habits habits);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // The process dies: no heartbeat any more.
    void die();
    // It leaves as it should.
    void depart();

    // Works on until it has nothing, and takes no more. (It keeps its presence.)
    void wind_down() { winding_down_ = true; }

    bool is_dead() const { return dead_; }

    std::size_t pending() const { return client_.pending() + acquiring_.pending(); }

  private:
    void beat();
    void look_for_work();
    void acquire();
    void claim_something();
    void got(const Task& task);
    void start(const std::string& guid, Seq epoch);
    void finish(const std::string& guid, Seq epoch);

    bool acts() const { return !dead_ || walks_; }

    Bench& bench_;
    std::string id_;
    std::string name_;  // with its incarnation
    Habits habits_;
    Client client_;
    Client acquiring_;
    sdk::PresenceMachine presence_;
    Alarm alarm_;
    std::map<std::string, Seq> has_;
    bool dead_ = false;
    bool walks_ = false;
    bool winding_down_ = false;
};

}  // namespace taskbbs::simulation
