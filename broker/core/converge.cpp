// The table of section 5, a function a row.
#include "broker/core/converge.hpp"

#include <algorithm>

namespace taskbbs::core {

namespace {

// True when `interval` has passed since `from`; intervals may be larger than any age.
bool is_due(Time from, Duration interval, Time now) {
    return now - from >= interval;
}

// True when the task, if there is one, has been left alone for `interval` as of `start`.
bool is_left_alone(const Board& board, Slot slot, Duration interval, const PassStart& start) {
    if (slot == no_slot || board.tasks()[slot].seq > start.seq) {
        return false;
    }
    return is_due(board.clock().origin(board.tasks()[slot].updated_at), interval, start.now);
}

// A task that the executor owns, and owned when event `since` was the newest, or no_slot.
Slot first_owned(const Board& board, Slot executor, Seq since) {
    for (const State state : {State::claimed, State::running}) {
        for (const ListKey& key : board.executors()[executor].tasks_in(state)) {
            if (board.tasks()[key.slot()].epoch <= since) {
                return key.slot();
            }
        }
    }
    return no_slot;
}

// An interval as a client may give it, in ms up to 2^63-1.
Duration bounded(milliseconds interval) {
    constexpr milliseconds longest = std::chrono::hours(24 * 365 * 100);
    return std::min(interval, longest);
}

Event fail_task(const Board& board, Slot slot, std::string_view reason) {
    return {.kind = Kind::completed,
            .cause = Cause::converge,
            .to = State::completed,
            .task = slot,
            .guid = board.tasks()[slot].guid(),
            .ending = Ending{true, std::string(reason), {}}};
}

Event move_task(const Board& board, Slot slot, Kind kind, State to) {
    return {.kind = kind,
            .cause = Cause::converge,
            .to = to,
            .task = slot,
            .guid = board.tasks()[slot].guid()};
}

}  // namespace

PassRules PassRules::of(const ConvergeSettings& settings) {
    return {.time_to_claim = settings.time_to_claim,
            .kick_interval = settings.kick_interval,
            .kick_interval_max = settings.kick_interval_max,
            .claim_timeout = settings.claim_timeout,
            .resolve_timeout = settings.resolve_timeout,
            .completed_expiry = settings.completed_expiry};
}

PassRules PassRules::of(const ConvergeSettings& settings, const protocol::ConvergeArgs& args) {
    PassRules rules = of(settings);
    if (args.time_to_claim) {
        rules.time_to_claim = bounded(*args.time_to_claim);
    }
    if (args.convergence_interval) {
        rules.kick_interval = rules.kick_interval_max = rules.claim_timeout =
            rules.resolve_timeout = bounded(*args.convergence_interval);
    }
    return rules;
}

Duration kick_interval(const PassRules& rules, std::uint8_t kicks) {
    Duration interval = rules.kick_interval;
    for (std::uint8_t i = 0; i < kicks && interval < rules.kick_interval_max; ++i) {
        interval *= 2;
    }
    return std::max(rules.kick_interval, std::min(interval, rules.kick_interval_max));
}

Slot next_kick(const Board& board, const PassRules& rules, const PassStart& start) {
    const Tasks& tasks = board.tasks();
    Slot oldest = no_slot;
    const auto look = [&](DueLines::Line line, std::uint8_t kicks) {
        const Slot slot = tasks.first_in_line(line);
        const bool due = is_left_alone(board, slot, kick_interval(rules, kicks), start);
        if (due && (oldest == no_slot || tasks[slot].updated_at < tasks[oldest].updated_at)) {
            oldest = slot;
        }
    };
    for (std::uint8_t kicks = 0; kicks <= DueLines::max_kicks; ++kicks) {
        look(DueLines::pending(kicks), kicks);
        look(DueLines::completed(kicks), kicks);
    }
    return oldest;
}

Event kick_task(const Board& board, Slot slot) {
    return move_task(board, slot, Kind::kicked, board.tasks()[slot].state);
}

// ---- a pass ----------------------------------------------------------------------------------

Pass::Pass(const PassRules& rules, const PassStart& start, bool with_kicks)
    : rules_(rules), start_(start), with_kicks_(with_kicks) {}

std::optional<Event> Pass::next(const Board& board) {
    for (; stage_ != Stage::over; stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1)) {
        if (std::optional<Event> event = at_stage(board)) {
            count(*event);
            return event;
        }
    }
    return std::nullopt;
}

std::optional<Event> Pass::at_stage(const Board& board) {
    switch (stage_) {
        case Stage::unclaimed:
            return unclaimed(board);
        case Stage::executor_absent:
            return executor_absent(board);
        case Stage::claim_stale:
            return claim_stale(board);
        case Stage::run_too_long:
            return run_too_long(board);
        case Stage::expired:
            return expired(board);
        case Stage::resolve_stale:
            return resolve_stale(board);
        case Stage::kicks:
            return with_kicks_ ? kick(board) : std::nullopt;
        case Stage::over:
            break;
    }
    return std::nullopt;
}

std::optional<Event> Pass::unclaimed(const Board& board) const {
    constexpr std::string_view reason = "not claimed within time limit";
    const Tasks& tasks = board.tasks();
    if (!tasks.claim_by().empty() && tasks.claim_by().begin()->by() <= start_.now) {
        return fail_task(board, tasks.claim_by().begin()->slot(), reason);
    }
    if (tasks.unclaimed().empty()) {
        return std::nullopt;
    }
    const Slot slot = tasks.unclaimed().begin()->slot();
    if (!is_due(tasks.pending_origin(tasks[slot]), rules_.time_to_claim, start_.now)) {
        return std::nullopt;
    }
    return fail_task(board, slot, reason);
}

std::optional<Event> Pass::executor_absent(const Board& board) {
    const auto& absent = board.executors().absent_owners();
    for (auto it = absent.lower_bound(absent_); it != absent.end(); ++it) {
        absent_ = *it;
        if (const Slot slot = first_owned(board, absent_, start_.seq); slot != no_slot) {
            return lose_task(board, slot);
        }
    }
    return std::nullopt;
}

std::optional<Event> Pass::claim_stale(const Board& board) const {
    const Slot slot = board.tasks().first_in_line(DueLines::claimed);
    if (!is_left_alone(board, slot, rules_.claim_timeout, start_)) {
        return std::nullopt;
    }
    return move_task(board, slot, Kind::demoted, State::pending);
}

std::optional<Event> Pass::run_too_long(const Board& board) const {
    const TimeOrder& run_until = board.tasks().run_until();
    if (run_until.empty() || run_until.begin()->by() > start_.now) {
        return std::nullopt;
    }
    return fail_task(board, run_until.begin()->slot(), "run time limit passed");
}

std::optional<Event> Pass::expired(const Board& board) const {
    const TimeOrder& expiring = board.tasks().expiring();
    if (expiring.empty() || rules_.completed_expiry == Duration{0} ||
        !is_due(
            board.clock().origin(expiring.begin()->by()), rules_.completed_expiry, start_.now)) {
        return std::nullopt;
    }
    return move_task(board, expiring.begin()->slot(), Kind::resolved, State::resolved);
}

std::optional<Event> Pass::resolve_stale(const Board& board) const {
    const Slot slot = board.tasks().first_in_line(DueLines::resolving);
    if (!is_left_alone(board, slot, rules_.resolve_timeout, start_)) {
        return std::nullopt;
    }
    return move_task(board, slot, Kind::demoted, State::completed);
}

std::optional<Event> Pass::kick(const Board& board) const {
    const Slot slot = next_kick(board, rules_, start_);
    return slot == no_slot ? std::nullopt : std::optional(kick_task(board, slot));
}

void Pass::count(const Event& event) {
    switch (event.kind) {
        case Kind::kicked:
            ++counts_.kicked;
            break;
        case Kind::demoted:
            ++counts_.demoted;
            break;
        case Kind::requeued:
            ++counts_.requeued;
            break;
        case Kind::resolved:
            ++counts_.expired;
            break;
        default:
            ++counts_.failed;
            break;
    }
}

// ---- timed kicks -----------------------------------------------------------------------------

std::optional<Event> Kicks::next(const Board& board, Time now) {
    resume_.reset();
    if (!start_) {
        return std::nullopt;
    }
    const ConvergeSettings& settings = board.settings().converge;
    const double rate = settings.kick_rate;
    const double burst = std::max(1.0, rate / 100);  // a hundredth of a second's worth at a time
    const double refill = rate - burst + 1;          // a second: a full burst and this are the rate
    const std::chrono::duration<double> passed = now - filled_at_;
    tokens_ = std::min(burst, tokens_ + passed.count() * refill);
    filled_at_ = now;
    const Slot slot = next_kick(board, PassRules::of(settings), *start_);
    if (slot == no_slot) {
        start_.reset();
        return std::nullopt;
    }
    if (tokens_ < 1) {
        resume_ = now + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(
                            std::max(1 - tokens_, burst / 2) / refill));
        return std::nullopt;
    }
    tokens_ -= 1;
    return kick_task(board, slot);
}

}  // namespace taskbbs::core
