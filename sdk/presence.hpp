// The machine behind an executor's presence (docs/protocol.md, section 5): when to heartbeat and
// with what, which tasks are lost, whether the executor is present. No threads and no clocks.
#pragma once

#include "sdk/instant.hpp"
#include "taskbbs/calls.hpp"
#include "taskbbs/executor_session.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace taskbbs::sdk {

// Who keeps presence.
struct Member {
    std::string executor_id;
    std::string incarnation;
    milliseconds ttl{15'000};
    std::vector<std::string> stacks;
    std::int64_t slots = 0;
    std::optional<Resources> free;
};

struct Stale {
    std::string guid;
};

struct Draining {
    bool on = false;
};

struct PresenceChange {
    Presence presence = Presence::joining;
    std::optional<Error> error;
};

using Notice = std::variant<Stale, Draining, PresenceChange>;

class PresenceMachine {
  public:
    explicit PresenceMachine(Member member);

    // A heartbeat, when one is due: at the start, then every 3/10 of the ttl, and at once after
    // set_capacity(). One at a time: its answer must come back, within interval().
    std::optional<HeartbeatArgs> take_heartbeat(Instant now);
    void on_answer(const Result<HeartbeatAnswer>& answer, Instant now);

    void hold(std::string_view guid, Seq epoch);
    void release(std::string_view guid);
    std::vector<Holding> held() const;
    void set_capacity(std::int64_t slots, std::optional<Resources> free);
    // No heartbeat leaves any more.
    void depart();

    void on_timer(Instant now);
    std::optional<Instant> next_deadline() const;
    std::vector<Notice> take_notices();

    Duration interval() const { return Duration(member_.ttl) * 3 / 10; }

    Presence presence() const { return presence_; }

    bool draining() const { return draining_; }

    // Why it is `superseded`, or `departed` without having been asked.
    const std::optional<Error>& error() const { return error_; }

  private:
    bool is_over() const {
        return presence_ == Presence::superseded || presence_ == Presence::departed;
    }

    std::vector<Holding> next_turn();
    void lose_all();
    void drop_stale(const std::vector<std::string>& guids);
    void become(Presence presence, std::optional<Error> error = std::nullopt);

    Member member_;
    std::map<std::string, Seq, std::less<>> holdings_;
    std::string turn_;            // the last guid that was named: the next turn goes on behind it
    std::vector<Holding> named_;  // by the heartbeat under way

    bool under_way_ = false;
    Instant due_at_;  // the origin: at once
    Instant sent_at_;
    Instant expires_at_;
    Presence presence_ = Presence::joining;
    bool draining_ = false;
    std::optional<Error> error_;
    std::vector<Notice> notices_;
};

}  // namespace taskbbs::sdk
