// The same bytes to a bare echo (taskbbs_echo): each message says in its session how long the reply
// is to be, which is as long as the broker's would be. What sockets alone allow.
#pragma once

#include "bench/load/drive.hpp"
#include "bench/systems/request_writer.hpp"

#include <deque>

namespace taskbbs::bench {

class EchoDialect : public Dialect {
  public:
    explicit EchoDialect(const Load& load);

    int steps() const override { return lifecycle_steps; }

    void open(std::string& out) override;
    bool opened(std::string_view& in, std::string& out) override;
    void ask(Lane& lane, std::string& out) override;
    void finish(std::string& out) override;
    Answer take(std::string_view& in, Lane& lane) override;

  private:
    RequestWriter writer_;
    std::array<std::uint32_t, lifecycle_steps> reply_bytes_;
    int per_message_;
    int requests_ = 0;  // of the open message, and the bytes of the reply to it
    std::uint32_t bytes_ = 0;
    std::deque<int> messages_;  // requests of each that was sent
    int replies_left_ = 0;
};

}  // namespace taskbbs::bench
