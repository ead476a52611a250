// The production loop between a hand-turned clock and a journal in memory: what the daemon does
// around the machine, without sockets, files and waiting.
#pragma once

#include "broker/broker.hpp"
#include "protocol/codec.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::loop_test {

using core::Duration;
using core::Time;
using protocol::RequestId;
using protocol::Seq;
using protocol::State;
using protocol::TaskView;
using protocol::Value;
using namespace std::chrono_literals;

// One reply. Its body lives as long as the rig.
struct Answer {
    RequestId id = 0;
    std::string_view status;
    Value body;
    Seq seq = 0;  // of the message that it came in

    // The body as a message of the contract.
    template <class Body>
    Body as() const {
        Body read;
        const auto fault = decode(body, read);
        INFO((fault ? fault->message : std::string()));
        REQUIRE_FALSE(fault);
        return read;
    }

    std::string text(std::string_view key) const {
        return std::string(body.at(key).str().value_or("(none)"));
    }

    std::int64_t number(std::string_view key) const { return body.at(key).integer().value_or(-1); }
};

// Whether an event of `now` was stamped so: events of one moment lie a nanosecond apart.
inline bool is_about(Time stamp, Time now) {
    return stamp >= now && stamp - now < 1us;
}

// No passes but those that are asked for.
inline core::Settings without_passes() {
    core::Settings settings;
    settings.converge.every = 0s;
    return settings;
}

// What a subscriber was sent. Lives as long as the rig.
struct Published {
    std::string topic;
    std::string body;
    protocol::Document document;
    Value map;

    template <class Event>
    Event as() const {
        Event read;
        REQUIRE_FALSE(decode(map, read));
        return read;
    }
};

using Story = std::vector<std::string>;

class Rig {
  public:
    explicit Rig(core::Settings settings = {});

    // ---- time --------------------------------------------------------------------------------
    Time now() const { return now_; }

    // Lets time go by as a daemon does: whatever falls due is done at its time.
    void pass(Duration time);
    // The loop was held up: nothing was done until `time` later.
    void stall(Duration time);
    // Moves the clock and does nothing yet.
    void turn_clock(Duration by);
    // Does all that is to be done now.
    void run();
    // One slice of work and what it leaves; true when there is more to do at once.
    bool turn(bool drained = true);

    // ---- the journal -------------------------------------------------------------------------
    // From here on batches are written, but not synced.
    void hold_syncs() { holding_ = true; }

    void let_syncs_go();
    // The process dies: what was not durable is gone. Another one serves `off` later, by a wall
    // clock that went `astray`.
    void restart(Duration off = 1s, Duration astray = 0s);

    std::size_t batches() const { return kept_.size(); }

    // ---- messages ----------------------------------------------------------------------------
    void receive(const std::string& peer, std::string_view frame, std::size_t unread = 0);
    // From now on this peer is known by the grant's key, and may do what it says; others
    // everything.
    void grant(const std::string& peer, core::Grant grant);
    // The same without this peer's key, as after a reload.
    void revoke(const std::string& peer);
    // The replies that came for this peer since the last call.
    std::vector<Answer> take_answers(const std::string& peer);

    // Published since the last call, "kind guid" or "kind executor_id"; ticks are left out.
    Story story();

    // Everything that was ever published, ticks too.
    const std::deque<Published>& published() const { return published_; }

    const Published& last_event() const;

    std::vector<broker::HistoryQuestion> take_questions() { return std::exchange(questions_, {}); }

    core::Board& board() { return *board_; }

    broker::Broker& broker() { return *broker_; }

    const TaskView task(std::string_view guid) const;
    bool has(std::string_view guid) const;

    State state_of(std::string_view guid) const { return task(guid).state; }

  private:
    // A batch that is durable.
    struct Kept {
        Seq first_seq = 0;
        std::uint32_t count = 0;
        Time time{};
        Time run_began{};
        journal::StateDigest digest;
        std::string records;
    };

    void serve();
    void replay();
    bool land();
    void collect();

    core::Settings settings_;
    Time now_{};
    Time heard_until_{};
    Time wall_{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)};
    std::vector<Kept> kept_;
    std::unique_ptr<core::Board> board_;
    std::unique_ptr<broker::Broker> broker_;
    std::unique_ptr<journal::Batch> in_flight_;
    bool holding_ = false;

    core::Grants grants() const;

    std::map<std::string, core::Grant> granted_;  // by peer
    std::map<std::string, std::string> keys_;     // of peers, once they had one
    std::deque<std::string> messages_;
    std::deque<protocol::Document> documents_;
    std::map<std::string, std::vector<Answer>> answers_;
    std::deque<Published> published_;
    std::size_t told_ = 0;
    std::vector<broker::HistoryQuestion> questions_;
};

}  // namespace taskbbs::loop_test
