// Lines are formatted and leave outside the lock, which guards the counts alone.
#include "broker/log.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taskbbs::broker {

LogStyle log_style(LogFormat format, int fd, const char* journal_stream) {
    if (format != LogFormat::automatic) {
        return format == LogFormat::json ? LogStyle::json : LogStyle::text;
    }

    struct stat status {};

    if (journal_stream == nullptr || fstat(fd, &status) != 0) {
        return LogStyle::text;
    }
    const bool same = fmt::format("{}:{}", status.st_dev, status.st_ino) == journal_stream;
    return same ? LogStyle::journald : LogStyle::text;
}

Log::Log(int fd, LogStyle style, Level level, const LogSurroundings& surroundings)
    : fd_(fd), style_(style), level_(level), now_(surroundings.now) {
    if (style == LogStyle::journald) {
        journald_.emplace(surroundings.journal_socket);
    }
}

void Log::write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (!shows(level)) {
        return;
    }
    settle();
    bool admitted = false;
    {
        const std::lock_guard lock(mutex_);
        admitted = hush_.admits(level, event, now_());
        next_end_ = hush_.next_end().value_or(Hush::Moment::max());
    }
    if (admitted && !put(level, event, fields)) {
        lose(event, 1);
    }
}

void Log::settle() {
    const Hush::Moment now = now_();
    if (now < next_end_.load(std::memory_order_relaxed)) {
        return;
    }
    std::vector<Hush::Hushed> ended;
    {
        const std::lock_guard lock(mutex_);
        ended = hush_.take_ended(now);
        next_end_ = hush_.next_end().value_or(Hush::Moment::max());
    }
    put(ended);
}

void Log::finish() {
    std::vector<Hush::Hushed> hushed;
    {
        const std::lock_guard lock(mutex_);
        hushed = hush_.take_all();
        next_end_ = Hush::Moment::max();
    }
    put(hushed);
}

void Log::put(const std::vector<Hush::Hushed>& hushed) {
    for (const auto& [event, level, lines] : hushed) {
        if (shows(level) && !put(level, "suppressed", {{"of", event}, {"lines", lines}})) {
            lose(event, lines);
        }
    }
}

// False: it is lost.
bool Log::put(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (journald_) {
        switch (journald_->send(journald_entry(level, event, fields))) {
            case Journald::Sent::taken:
                return true;
            case Journald::Sent::full:
                return false;
            case Journald::Sent::missing:
                break;
        }
    }
    const std::string line =
        format_line(style_, level, std::chrono::system_clock::now(), event, fields);
    while (::write(fd_, line.data(), line.size()) < 0 && errno == EINTR) {
    }
    return true;
}

void Log::lose(std::string_view event, std::uint64_t lines) {
    const std::lock_guard lock(mutex_);
    hush_.lost(event, lines, now_());
    next_end_ = hush_.next_end().value_or(Hush::Moment::max());
}

}  // namespace taskbbs::broker
