// How far the requests were heard: by when whatever had arrived was received. Where the socket is
// found empty, that is plain. Where messages never cease, rounds are counted: libzmq gives one
// message of a connection in turn, and holds a bounded number of each, also of those who are gone.
// So the loop sends some to itself, and when the last of them is back, each of the others has had
// as many turns. Pure.
#pragma once

#include "broker/core/clock.hpp"

#include <cstdint>

namespace taskbbs::broker {

class Hearing {
  public:
    struct Mark {
        core::Time at{};
        std::uint64_t number = 0;  // of the series of messages that began then, from 1
        std::uint64_t left = 0;    // what was told of it
    };

    // `rounds`: as many as empty what libzmq holds of one connection.
    explicit Hearing(int rounds) : rounds_(rounds) {}

    // The socket is about to be read. True: the loop is to send so many messages to itself now.
    bool begin(core::Time now, std::uint64_t left);

    // One of those was received. True: until() moved.
    bool note_round() {
        if (awaited_ == 0 || --awaited_ > 0) {
            return false;
        }
        until_ = mark_;
        return true;
    }

    // There was no other message.
    void note_end() {
        until_ = begun_;
        awaited_ = 0;
        ended_ = true;
    }

    const Mark& until() const { return until_; }

    const Mark& begun() const { return begun_; }

  private:
    // Between marks: they cost some microseconds.
    static constexpr core::Duration often = std::chrono::milliseconds(10);

    int rounds_;
    int awaited_ = 0;
    bool ended_ = true;  // the last series was read to its end
    Mark until_;
    Mark begun_;
    Mark mark_;
};

inline bool Hearing::begin(core::Time now, std::uint64_t left) {
    const bool needs_mark = !ended_ && awaited_ == 0 && now - mark_.at >= often;
    begun_ = {.at = now, .number = begun_.number + 1, .left = left};
    ended_ = false;
    if (needs_mark) {
        mark_ = begun_;
        awaited_ = rounds_;
    }
    return needs_mark;
}

}  // namespace taskbbs::broker
