// Keeps one kind of line from filling the log: of each kind so many are shown in a minute, the
// others are counted, and what was counted is handed over when the minute ends. A machine: time is
// an argument. Not thread-safe.
#pragma once

#include "broker/log_line.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

class Hush {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::minutes window{1};
    // Lines of a kind in a window; those of level debug are asked for by who reads them, those that
    // answer a SIGHUP by who sent it.
    static constexpr std::uint64_t most = 10;
    static constexpr std::uint64_t most_of_asked_for = 1000;

    // What was not shown.
    struct Hushed {
        std::string event;
        Level level = Level::info;
        std::uint64_t lines = 0;

        bool operator==(const Hushed&) const = default;
    };

    // True: show it. The kind's window begins with the first line that none is open for. Kinds are
    // remembered for good, so `event` must be one of a fixed set.
    bool admits(Level level, std::string_view event, Moment now);
    // Lines that were admitted, or were to say what was not shown, were lost on their way: they
    // count as not shown, and are said with the kind's next window.
    void lost(std::string_view event, std::uint64_t lines, Moment now);

    // What the windows that have ended by now kept back, by name.
    std::vector<Hushed> take_ended(Moment now);

    // What is kept back, whether its window has ended or not.
    std::vector<Hushed> take_all() { return take_ended(Moment::max()); }

    // When take_ended() has something to say.
    std::optional<Moment> next_end() const;

  private:
    struct Window {
        Level level = Level::info;
        Moment began{};
        std::uint64_t shown = 0;
        std::uint64_t kept_back = 0;
    };

    std::map<std::string, Window, std::less<>> kinds_;
};

}  // namespace taskbbs::broker
