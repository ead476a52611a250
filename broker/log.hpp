// Where the broker's lines go, which of them, and how many of a kind (docs/logs.md).
#pragma once

#include "broker/hush.hpp"
#include "broker/journald.hpp"
#include "broker/log_line.hpp"

#include <atomic>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

// The style of `format` for the file descriptor `fd`. `journal_stream` is the environment's
// JOURNAL_STREAM, or null: it names the stream that the service manager connected to the journal,
// and `fd` may since have been pointed elsewhere.
LogStyle log_style(LogFormat format, int fd, const char* journal_stream);

// What a log has to do with besides its descriptor.
struct LogSurroundings {
    std::string journal_socket = "/run/systemd/journal/socket";
    Hush::Moment (*now)() = &std::chrono::steady_clock::now;
};

// Threads may share one: each line is one write(2), or one datagram to the journal. A line that
// can't be written is lost: the broker never waits for its log to be repaired. More than
// Hush::most lines of an event in a minute are counted instead, and `suppressed` says how many of
// which.
class Log {
  public:
    // `fd` stays the caller's and must outlast the log. Style journald: where the journal's socket
    // can't be reached, lines go there as text.
    Log(int fd, LogStyle style, Level level, const LogSurroundings& surroundings = {});
    ~Log() = default;
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    Level level() const { return level_.load(std::memory_order_relaxed); }

    // Holds for the lines to come, by any thread.
    void set_level(Level level) { level_.store(level, std::memory_order_relaxed); }

    bool shows(Level asked) const { return asked <= level(); }

    void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

    void error(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::error, event, fields);
    }

    void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::warn, event, fields);
    }

    void info(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::info, event, fields);
    }

    void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
        write(Level::debug, event, fields);
    }

    // Says what was suppressed in minutes that have ended. Each line does that first; to be called
    // now and then where none may come. Cheap: it reads a clock.
    void settle();
    // The same, of the minute that has not ended, too: before the process ends.
    void finish();

  private:
    bool put(Level level, std::string_view event, std::initializer_list<Field> fields);
    void put(const std::vector<Hush::Hushed>& hushed);
    void lose(std::string_view event, std::uint64_t lines);

    int fd_;
    LogStyle style_;
    std::atomic<Level> level_;
    Hush::Moment (*now_)();
    std::optional<Journald> journald_;

    std::mutex mutex_;  // for hush_
    Hush hush_;
    std::atomic<Hush::Moment> next_end_{Hush::Moment::max()};
};

}  // namespace taskbbs::broker
