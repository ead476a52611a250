// Everybody else: a clerk who lists, drains, pauses and converges by the SDK, and a stranger who
// speaks the protocol by hand and badly: sends each request several times, over several
// connections, acks what it likes, and asks again for what it acked.
#pragma once

#include "tests/simulation/client.hpp"

#include <string>
#include <vector>

namespace taskbbs::simulation {

class Clerk {
  public:
    Clerk(Bench& bench, std::vector<std::string> executors);
    Clerk(const Clerk&) = delete;
    Clerk& operator=(const Clerk&) = delete;

    // What it has paused is resumed.
    void wind_down();

  private:
    void step();
    void pause();

    Bench& bench_;
    std::vector<std::string> executors_;
    Client client_;
    bool winding_down_ = false;
};

class Stranger {
  public:
    explicit Stranger(Bench& bench);
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;

    void wind_down() { winding_down_ = true; }

  private:
    void step();
    std::string request(protocol::RequestId id);
    void send(const std::string& packed);
    Network::Link link();

    Bench& bench_;
    protocol::SessionId session_;
    std::vector<std::string> sent_;  // packed requests, by id - 1
    protocol::RequestId acked_ = 0;
    std::size_t made_ = 0;
    bool winding_down_ = false;
};

}  // namespace taskbbs::simulation
