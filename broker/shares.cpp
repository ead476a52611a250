// What one client may take of the places that all share: each check answers `busy` where it is too
// much (docs/protocol.md, section 8), and returns false.
#include "broker/broker.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::broker {

using protocol::Status;

namespace {

// Of limits.waiting one connection may have this share, or so many where that is more.
constexpr std::uint64_t shares_of_waiting = 16;
// The last places of executors, sessions and outcomes, that is, a quarter, are for connections that
// brought few of them.
constexpr std::uint64_t last_share = 4;
constexpr std::uint64_t shares = 64;
constexpr std::uint64_t least_share = 1024;

constexpr std::uint64_t share_of(std::uint64_t limit) {
    return std::max(limit / shares, least_share);
}

constexpr bool is_nearly(std::uint64_t limit, std::uint64_t taken) {
    return taken >= limit - limit / last_share;
}

constexpr std::int64_t told(std::uint64_t limit) {
    return static_cast<std::int64_t>(limit);
}

}  // namespace

bool Broker::may_wait(const Caller& caller, const protocol::AcquireArgs& args) {
    const std::uint64_t limit = board_.settings().limits.waiting;
    const std::uint64_t share = std::max(limit / shares_of_waiting, least_share);
    const std::size_t own = waiters_.holders().amount_of(caller.peer);
    const bool replaces = waiters_.has(caller.session, args.executor_id);
    if (!replaces && own >= share) {
        refuse(caller,
               Status::busy,
               {.message = "this connection's share of limits.waiting is reached: ask without "
                           "wait_ms, or later",
                .limit = told(share)});
        return false;
    }
    if (!may_list(caller, args)) {
        return false;
    }
    const bool has_place =
        replaces || waiters_.size() < limit || end_wait(waiters_.holders().latest(own + 1));
    if (!has_place) {
        refuse(caller,
               Status::busy,
               {.message = "limits.waiting is reached: ask without wait_ms, or later",
                .limit = told(limit)});
    }
    return has_place;
}

// Likewise of the names that those list who wait.
bool Broker::may_list(const Caller& caller, const protocol::AcquireArgs& args) {
    const std::uint64_t limit = board_.settings().limits.waiting;
    const std::size_t now = args.stacks.size() + args.domains.size();
    const std::size_t extra = core::NameBudget::extra(now);
    const std::uint64_t most = core::NameBudget::most_extra(limit);
    const std::uint64_t share =
        std::max(most / shares_of_waiting, core::NameBudget::most_extra(least_share));
    const std::uint64_t own = waiters_.name_holders().amount_of(caller.peer) + extra;
    const auto has_room = [&] {
        const std::size_t before = waiters_.listed(caller.session, args.executor_id);
        return waiters_.name_budget().has_room(before, now, limit);
    };
    bool may = extra == 0 || own <= share;
    while (may && !has_room()) {
        may = end_wait(waiters_.name_holders().latest(own));
    }
    if (!may) {
        refuse(caller,
               Status::busy,
               {.message =
                    fmt::format("acquires that wait list as many stacks and domains as "
                                "limits.waiting allows: name {} at most, or ask without wait_ms",
                                core::NameBudget::free_names),
                .limit = told(most)});
    }
    return may;
}

// It gives way to who has less. False: there is none.
bool Broker::end_wait(core::Waiters::Ticket ticket) {
    if (ticket == 0) {
        return false;
    }
    const core::Waiter ended = waiters_.take(ticket);
    refuse({ended.reply_to, ended.session, ended.id, Verb::acquire, ended.grant},
           Status::busy,
           {.message = "all places of limits.waiting are wanted, and this connection had the most "
                       "of them: ask without wait_ms, or later",
            .limit = told(board_.settings().limits.waiting)});
    return true;
}

bool Broker::may_join(const Caller& caller) {
    const std::uint64_t limit = board_.settings().limits.executors;
    if (!is_nearly(limit, board_.executors().present()) ||
        joined_by_.by(caller.peer) < share_of(limit)) {
        return true;
    }
    refuse(
        caller,
        Status::busy,
        {.message = "three quarters of limits.executors are present, and this connection brought "
                    "many of them: let some depart, or use more connections",
         .limit = told(share_of(limit))});
    return false;
}

// Whether a mutation may be remembered.
bool Broker::has_session(const Caller& caller) {
    if (const auto room = core::check_session(board_, caller.session); !room) {
        refuse(caller, room.error());
        return false;
    }
    const core::Sessions& sessions = board_.sessions();
    const core::LimitSettings& limits = board_.settings().limits;
    if (is_nearly(limits.sessions, sessions.size()) &&
        sessions_begun_.by(caller.peer) >= share_of(limits.sessions) &&
        !sessions.knows(caller.session)) {
        refuse(caller,
               Status::busy,
               {.message = "three quarters of limits.sessions are remembered, and this connection "
                           "began many of them: keep a session for many requests",
                .limit = told(share_of(limits.sessions))});
        return false;
    }
    if (is_nearly(limits.outcomes, sessions.outcomes()) &&
        outcomes_left_.by(caller.peer) >=
            share_of(limits.outcomes) + sessions.acked_outcomes(caller.session)) {
        refuse(caller,
               Status::busy,
               {.message = "three quarters of limits.outcomes are remembered, and this connection "
                           "left many of them: ack the replies that it has",
                .limit = told(share_of(limits.outcomes))});
        return false;
    }
    return true;
}

// Of sessions and outcomes, as many as there were before its mutation.
void Broker::note_brought(const Caller& caller, std::size_t sessions, std::size_t outcomes) {
    if (board_.sessions().size() > sessions) {
        sessions_begun_.note(caller.peer);
    }
    // Counted from half of them on: whoever fills the last quarter has been seen for another one.
    const std::size_t now = board_.sessions().outcomes();
    if (now > board_.settings().limits.outcomes / 2) {
        outcomes_left_.changed(
            caller.peer, static_cast<std::int64_t>(now) - static_cast<std::int64_t>(outcomes));
    } else {
        outcomes_left_.forget();
    }
}

}  // namespace taskbbs::broker
