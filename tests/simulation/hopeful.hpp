// Claims tasks before they are there, each in a session of its own that asks for nothing else, and
// has each of them desired a little later. What was refused for good must not happen then, however
// late a copy of the claim arrives.
#pragma once

#include "tests/simulation/client.hpp"

#include <memory>
#include <vector>

namespace taskbbs::simulation {

class Hopeful {
  public:
    explicit Hopeful(Bench& bench);
    Hopeful(const Hopeful&) = delete;
    Hopeful& operator=(const Hopeful&) = delete;

    void wind_down() { winding_down_ = true; }

  private:
    void step();

    Bench& bench_;
    Client desiring_;
    std::vector<std::unique_ptr<Client>> claiming_;
    bool winding_down_ = false;
};

}  // namespace taskbbs::simulation
