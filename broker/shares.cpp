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
// The last places of executors and sessions, that is, a quarter, are for connections that brought
// few of them.
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
    const bool replaces = waiters_.has(caller.session, args.executor_id);
    if (!replaces && (waiters_.size() >= limit || waiters_.of(caller.peer) >= share)) {
        const bool all = waiters_.size() >= limit;
        refuse(
            caller,
            Status::busy,
            {.message = all ? "limits.waiting is reached: ask without wait_ms, or later"
                            : "this connection's share of limits.waiting is reached: ask without "
                              "wait_ms, or later",
             .limit = told(all ? limit : share)});
        return false;
    }
    return may_list(caller,
                    {.budget = waiters_.name_budget(),
                     .before = waiters_.listed(caller.session, args.executor_id),
                     .now = args.stacks.size() + args.domains.size(),
                     .bound = limit,
                     .option = "limits.waiting"});
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

bool Broker::may_list(const Caller& caller, const Listed& listed) {
    if (listed.budget.has_room(listed.before, listed.now, listed.bound)) {
        return true;
    }
    refuse(caller,
           Status::busy,
           {.message = fmt::format("as many stacks and domains are listed as {} allows: name {} at "
                                   "most, or raise the limit",
                                   listed.option,
                                   core::NameBudget::free_names),
            .limit = told(core::NameBudget::most_extra(listed.bound))});
    return false;
}

bool Broker::executor_may_list(const Caller& caller, std::size_t before, std::size_t now) {
    return may_list(caller,
                    {.budget = board_.executors().name_budget(),
                     .before = before,
                     .now = now,
                     .bound = board_.settings().limits.executors,
                     .option = "limits.executors"});
}

bool Broker::has_session(const Caller& caller) {
    if (const auto room = core::check_session(board_, caller.session); !room) {
        refuse(caller, room.error());
        return false;
    }
    const std::uint64_t limit = board_.settings().limits.sessions;
    if (!is_nearly(limit, board_.sessions().size()) ||
        sessions_begun_.by(caller.peer) < share_of(limit) ||
        board_.sessions().knows(caller.session)) {
        return true;
    }
    refuse(
        caller,
        Status::busy,
        {.message = "three quarters of limits.sessions are remembered, and this connection began "
                    "many of them: keep a session for many requests",
         .limit = told(share_of(limit))});
    return false;
}

}  // namespace taskbbs::broker
