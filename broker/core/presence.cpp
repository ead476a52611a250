// Heartbeats and their absence.
#include "broker/core/presence.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::core {

using protocol::Status;
using Phase = ExecutorRecord::Phase;

namespace {

// Timers looked at in one call, a fifth of a microsecond each: few, since one turn of the loop may
// ask once per event of its slice.
constexpr int most_timers = 16;

bool is_former(const ExecutorRecord& executor, std::string_view incarnation) {
    const auto& former = executor.former_incarnations;
    return std::find(former.begin(), former.end(), incarnation) != former.end();
}

tl::unexpected<Refused> refuse_former(const ExecutorRecord& executor) {
    auto refused = refuse(
        Status::not_owner,
        fmt::format("executor '{}' has been started anew since: end this process", executor.id));
    refused.value().body.executor_id = executor.id;
    refused.value().body.incarnation = executor.incarnation;
    return refused;
}

Event leaving(const ExecutorRecord& executor, Kind kind, std::string_view reason) {
    return {.kind = kind,
            .executor_id = executor.id,
            .incarnation = executor.incarnation,
            .ttl = executor.ttl,
            .lost_reason = reason};
}

}  // namespace

Decided<Beat> decide(const Board& board, const protocol::HeartbeatArgs& args) {
    const Executors& executors = board.executors();
    const Slot slot = executors.find(args.executor_id);
    if (slot != no_slot) {
        const ExecutorRecord& executor = executors[slot];
        if (executor.present && executor.incarnation == args.incarnation) {
            return Beat{.next = Beat::Next::renew, .executor = slot};
        }
        if (is_former(executor, args.incarnation)) {
            return refuse_former(executor);
        }
        if (executor.present) {
            return Beat{.next = Beat::Next::restart,
                        .executor = slot,
                        .event = leaving(executor, Kind::lost, "restarted")};
        }
        if (executor.is_being_lost()) {
            return Beat{.next = Beat::Next::wait, .executor = slot};
        }
    }
    const std::uint64_t limit = board.settings().limits.executors;
    if (executors.present() >= limit) {
        return refuse_busy("limits.executors is reached: try again later", limit);
    }
    return Beat{.next = Beat::Next::join,
                .event = {.kind = Kind::joined,
                          .executor_id = args.executor_id,
                          .incarnation = args.incarnation,
                          .ttl = args.ttl}};
}

protocol::Names stale_tasks(const Board& board,
                            std::string_view executor_id,
                            const std::vector<protocol::Holding>& running) {
    protocol::Names stale;
    const Slot executor = board.executors().find(executor_id);
    for (const protocol::Holding& holding : running) {
        const Slot slot = board.tasks().find(holding.guid);
        const bool owned =
            slot != no_slot && executor != no_slot && board.tasks()[slot].is_owned_by_executor() &&
            board.tasks()[slot].executor == executor &&
            board.tasks()[slot].epoch == holding.epoch && !is_doomed(board, board.tasks()[slot]);
        if (!owned) {
            stale.push_back(holding.guid);
        }
    }
    return stale;
}

void Presence::begin_serving(Board& board, Time now) {
    for (const auto& [id, slot] : board.executors().by_name()) {
        renew(board, slot, now);
    }
}

void Presence::set_timer(ExecutorRecord& executor, Slot slot, Time at) {
    executor.timer = at;
    timers_.push({at, slot});
}

void Presence::freshen(ExecutorRecord& executor) {
    if (executor.phase != Phase::fresh) {
        --run_out_;
        held_ -= executor.phase == Phase::held ? 1 : 0;
        executor.phase = Phase::fresh;
    }
}

void Presence::renew(Board& board, Slot slot, Time now) {
    ExecutorRecord& executor = board.executors()[slot];
    const bool has_timer = executor.timer != Time{} && executor.phase == Phase::fresh;
    freshen(executor);
    executor.expires = now + executor.ttl;
    // One timer at a time: when it is due it finds the later expiry and is set again.
    if (!has_timer) {
        set_timer(executor, slot, executor.expires);
    }
}

void Presence::leave(Board& board, Slot slot) {
    ExecutorRecord& executor = board.executors()[slot];
    freshen(executor);
    executor.timer = Time{};
}

bool Presence::brakes(const Board& board) const {
    constexpr std::size_t enough = 3;
    const std::size_t percent = board.settings().presence.brake_percent;
    return run_out_ >= enough && run_out_ * 100 > percent * board.executors().present();
}

std::optional<Event> Presence::next_loss(Board& board, Time now) {
    const Duration grace = board.settings().presence.brake_grace;
    for (int i = 0; i < most_timers && !timers_.empty() && timers_.top().at <= now; ++i) {
        const Timer timer = timers_.top();
        timers_.pop();
        ExecutorRecord& executor = board.executors()[timer.executor];
        if (!executor.present || executor.timer != timer.at) {
            continue;
        }
        switch (executor.phase) {
            case Phase::fresh:
                if (executor.expires > timer.at) {
                    set_timer(executor, timer.executor, executor.expires);
                } else {
                    executor.phase = Phase::run_out;
                    ++run_out_;
                    set_timer(executor, timer.executor, executor.expires + executor.ttl / 3);
                }
                continue;
            case Phase::run_out:
                if (brakes(board)) {
                    executor.phase = Phase::held;
                    ++held_;
                    set_timer(executor, timer.executor, executor.expires + grace);
                    continue;
                }
                break;
            case Phase::held:
                break;
        }
        executor.timer = Time{};
        return leaving(executor, Kind::lost, lost_by_time);
    }
    return std::nullopt;
}

std::optional<Time> Presence::next_deadline() const {
    return timers_.empty() ? std::nullopt : std::optional(timers_.top().at);
}

}  // namespace taskbbs::core
