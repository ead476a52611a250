// Connections that make libzmq keep ever more: frames of a message that never ends count for none
// of its limits. While memory grows, those are looked for that send and send, and of whom no
// message comes. Pure: what was received, and when, is told.
#pragma once

#include "broker/core/clock.hpp"

#include <absl/container/flat_hash_map.h>
#include <cstdint>

namespace taskbbs::broker {

class Hoarders {
  public:
    // `most`: what one may send without a message coming of it.
    explicit Hoarders(std::uint64_t most) : most_(most) {}

    // What the process holds in memory now. Where that has grown by much, they are watched for a
    // while.
    void note_memory(std::uint64_t bytes, core::Time now);

    bool are_watched(core::Time now) const { return now < watched_until_; }

    // A whole message of this connection was received; tell it while they are watched.
    void note_message(int connection) {
        before_.erase(connection);
        marks_.erase(connection);
    }

    // All connections are asked about anew, each of them once; of whom nothing was asked in the
    // round before, nothing is known.
    void begin_round();

    // Whether to hang up on this one, which has sent so many bytes so far. `all_handled`: whatever
    // messages had arrived by the end of the last round have been noted since; else nobody is
    // judged.
    bool has(int connection, std::uint64_t bytes, bool all_handled);

  private:
    std::uint64_t most_;
    std::uint64_t memory_ = 0;  // when it was last thought to be right
    core::Time watched_until_{};
    // What each had sent when it was first seen since its last message: as of the last round, and
    // as of this one.
    using Marks = absl::flat_hash_map<int, std::uint64_t>;
    Marks before_;
    Marks marks_;
};

}  // namespace taskbbs::broker
