// Redis as a task board: a hash a task, a set a state, each transition a compare-and-set in Lua
// that publishes it, called by EVALSHA. RESP 2, pipelined.
#pragma once

#include "bench/load/drive.hpp"

#include <array>
#include <string>
#include <vector>

namespace taskbbs::bench {

class RedisDialect : public Dialect {
  public:
    explicit RedisDialect(const Load& load) : payload_(load.payload_bytes, 'x') {}

    int steps() const override { return static_cast<int>(step_count); }

    void open(std::string& out) override;
    bool opened(std::string_view& in, std::string& out) override;
    void ask(Lane& lane, std::string& out) override;
    Answer take(std::string_view& in, Lane& lane) override;

  private:
    static constexpr std::size_t step_count = 6;

    // A request, but for the task's key.
    struct Mold {
        std::string before;
        std::string after;
    };

    void make_molds();

    std::string payload_;
    std::vector<std::string> scripts_;  // their digests, as far as loaded
    std::array<Mold, step_count> molds_;
};

}  // namespace taskbbs::bench
