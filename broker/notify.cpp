// libsystemd speaks to the socket; a failure to do so is nobody's trouble but the service
// manager's, which restarts what it does not hear from.
#include "broker/notify.hpp"

#include <ctime>
#include <fmt/format.h>
#include <systemd/sd-daemon.h>

namespace taskbbs::broker {

namespace {

// The environment is left as it is: a child that is run later is kept out by NotifyAccess=main.
void send(const std::string& state) {
    sd_notify(0, state.c_str());
}

}  // namespace

void notify_ready(std::string_view status) {
    send(fmt::format("READY=1\nSTATUS={}", status));
}

void notify_reloading() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                     now.tv_sec * 1'000'000LL + now.tv_nsec / 1000));
}

void notify_status(std::string_view status) {
    send(fmt::format("STATUS={}", status));
}

void notify_starting(std::string_view status, std::chrono::microseconds extension) {
    send(fmt::format("STATUS={}\nEXTEND_TIMEOUT_USEC={}", status, extension.count()));
}

void notify_stopping() {
    send("STOPPING=1");
}

void notify_alive() {
    send("WATCHDOG=1");
}

std::optional<std::chrono::microseconds> watchdog_interval() {
    std::uint64_t usec = 0;
    if (sd_watchdog_enabled(0, &usec) <= 0) {
        return std::nullopt;
    }
    return std::chrono::microseconds(static_cast<std::int64_t>(usec));
}

Watchdog::Watchdog(std::chrono::microseconds interval, protocol::Time now)
    : every_(protocol::Duration(interval) / 3), due_(now + every_) {}

bool Watchdog::beat(protocol::Time now, const Progress& progress) {
    if (now < due_) {
        return false;
    }
    due_ = now + every_;
    const bool loop_moved = progress.turns > last_.turns;
    const bool journal_had_work = last_.batches_given > last_.batches_done;
    const bool journal_moved = progress.batches_done > last_.batches_done;
    if (!loop_moved || (journal_had_work && !journal_moved)) {
        return false;
    }
    last_ = progress;
    return true;
}

}  // namespace taskbbs::broker
