// How far the requests were heard: by when whatever had arrived was received. Where the socket is
// found empty, that is plain. Where messages never cease, they are counted: libzmq gives one of a
// connection in turn, and holds a bounded number of each, also of those who are gone. Pure.
#pragma once

#include "broker/core/clock.hpp"
#include "broker/crowd.hpp"

#include <cstdint>

namespace taskbbs::broker {

class Hearing {
  public:
    struct Mark {
        core::Time at{};
        Crowd crowd;
    };

    // `held`: messages of one connection that are kept until they are received.
    explicit Hearing(std::uint64_t held) : held_(held) {}

    // The socket is about to be read.
    void begin(core::Time now, const Crowd& crowd) { begun_ = {now, crowd}; }

    // A message was received; so many were let in by now. True: until() moved.
    bool note_message(std::uint64_t let_in) {
        // Who may have had something there at the mark: those who were there when all was heard
        // last, and who came since.
        const std::uint64_t senders = until_.crowd.present + (let_in - until_.crowd.let_in);
        if (++messages_ <= senders * held_) {
            return false;
        }
        until_ = mark_;
        mark_ = begun_;
        messages_ = 0;
        return true;
    }

    // There was no other message.
    void note_end() {
        until_ = mark_ = begun_;
        messages_ = 0;
    }

    const Mark& until() const { return until_; }

  private:
    std::uint64_t held_;
    Mark until_;
    Mark begun_;
    Mark mark_;  // whatever had arrived by then is heard once enough messages were received since
    std::uint64_t messages_ = 0;
};

}  // namespace taskbbs::broker
