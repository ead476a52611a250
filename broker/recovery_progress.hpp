// When a recovery that takes long is to be spoken of: to the operator, who wonders, and to the
// service manager, which would end it. A machine: told what was read and the time, it says what to
// tell.
#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace taskbbs::broker {

class RecoveryProgress {
  public:
    // Silent for so long, then a word that often.
    static constexpr std::chrono::seconds patience{10};
    static constexpr std::chrono::seconds every{5};
    // What the service manager is asked for with each word: enough for what comes behind the
    // reading, and for a disk that stands still for a while.
    static constexpr std::chrono::minutes extension{2};
    // Read in between, at least: the clock need not be asked more often.
    static constexpr std::uint64_t step_bytes = 1 << 20;

    // `of_bytes` are to be read.
    RecoveryProgress(protocol::Time began, std::uint64_t of_bytes);

    // True once enough was read since the last word(): the time to ask for one.
    bool read(std::uint64_t bytes, std::uint64_t events);

    struct Word {
        std::uint64_t events = 0;  // replayed so far
        unsigned percent = 0;      // of the bytes; the last segment counts as if it were full
        protocol::Duration took{};

        std::string status() const;  // one line for `systemctl status`
    };

    // Nothing: it is not time.
    std::optional<Word> word(protocol::Time now);

  private:
    protocol::Time began_;
    protocol::Time due_;
    std::uint64_t of_bytes_;
    std::uint64_t bytes_ = 0;
    std::uint64_t asked_at_ = 0;  // bytes
    std::uint64_t events_ = 0;
};

}  // namespace taskbbs::broker
