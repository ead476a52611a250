// The contract of docs/protocol.md, raw: a DEALER of our own, one session, one executor. What
// taskbbsd and the stub are spoken to with.
#pragma once

#include "bench/load/drive.hpp"
#include "bench/load/packed.hpp"
#include "bench/systems/request_writer.hpp"

namespace taskbbs::bench {

// What of a life is led, and by whom.
struct Part {
    std::string executor = "bench-executor";  // its name but for the connection's number
    int steps = lifecycle_steps;              // as far as that; the task stays
    std::chrono::milliseconds ttl = std::chrono::seconds(15);
};

class TaskbbsDialect : public Dialect {
  public:
    // `number` is the connection's; the executor that it claims for is named after it.
    TaskbbsDialect(const Load& load, int number, const Part& part = {});

    int steps() const override { return steps_; }

    void open(std::string& out) override;
    bool opened(std::string_view& in, std::string& out) override;
    void ask(Lane& lane, std::string& out) override;
    void finish(std::string& out) override;
    Answer take(std::string_view& in, Lane& lane) override;
    void refresh(std::string& out) override;

  protected:
    RequestWriter& writer() { return writer_; }

  private:
    bool next_message(std::string_view& in);
    void open_reply(PackedCursor& replies);
    // Their replies are nobody's who waits.
    void skip_heartbeats();
    Answer read_reply(Lane& lane);
    Answer read_refusal(std::string_view status);

    int steps_;
    RequestWriter writer_;
    bool greeted_ = false;
    protocol::RequestId heartbeat_ = 0;  // the newest one's
    protocol::RequestId reply_ = 0;      // that was read last
    PackedCursor replies_;               // of the message that is being read
    std::uint32_t replies_left_ = 0;
};

}  // namespace taskbbs::bench
