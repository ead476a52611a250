// Executors that do nothing but heartbeat: each step is one of them, who takes its turn after all
// others of this connection.
#pragma once

#include "bench/systems/taskbbs_dialect.hpp"

namespace taskbbs::bench {

class HeartbeatDialect : public TaskbbsDialect {
  public:
    // The connection's executors, `executors` of them.
    HeartbeatDialect(const Load& load, int number, int executors);

    int steps() const override { return 1; }

    void ask(Lane& lane, std::string& out) override;

    void refresh(std::string& out) override;

  private:
    std::string head_;
    int executors_;
    int next_ = 0;
    bool joined_ = false;
};

}  // namespace taskbbs::bench
