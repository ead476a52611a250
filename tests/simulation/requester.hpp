// A requester: desires tasks, looks how they do, takes what they came to and resolves them; and
// sometimes loses interest, cancels, or forgets what it had begun to resolve.
#pragma once

#include "tests/simulation/client.hpp"

#include <map>
#include <set>
#include <string>

namespace taskbbs::simulation {

class Requester {
  public:
    struct Habits {
        std::size_t width = 5;       // tasks at once
        Duration thinks = 100ms;     // at most, before the next step
        double cancels = 0.03;       // instead of looking once more
        double forgets = 0.05;       // to resolve what it took
        std::int64_t payload = 300;  // bytes at most
    };

    Requester(Bench& bench, std::string name, Habits habits);
    Requester(const Requester&) = delete;
    Requester& operator=(const Requester&) = delete;

    // Begins nothing new.
    void wind_down() { winding_down_ = true; }

    // Tasks whose end it has not seen.
    const std::set<std::string>& open() const { return open_; }

    std::size_t pending() const { return client_.pending(); }

  private:
    void begin();
    void desire(const std::string& guid);
    void look_later(const std::string& guid);
    void look(const std::string& guid);
    void take(const std::string& guid);
    void resolve(const std::string& guid, Seq epoch);
    void done(const std::string& guid);

    Bench& bench_;
    std::string name_;
    Habits habits_;
    Client client_;
    std::set<std::string> open_;
    std::size_t made_ = 0;
    bool winding_down_ = false;
};

}  // namespace taskbbs::simulation
