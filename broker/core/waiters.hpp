// Acquires that wait (docs/protocol.md, section 4): found by what they wait for, by who waits, and
// by when that ends.
#pragma once

#include "broker/core/grant.hpp"
#include "broker/core/name_budget.hpp"
#include "broker/core/wait_holders.hpp"

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace taskbbs::core {

// What a waiting acquire asked for; owns its texts.
struct Waiter {
    std::string reply_to;  // where its reply goes; opaque here
    SessionId session;
    RequestId id = 0;
    std::string executor_id;
    std::int64_t max = 1;
    std::vector<std::string> stacks;
    std::vector<std::string> domains;  // sorted by Waiters::add()
    std::optional<protocol::Resources> free;
    Time until{};
    GrantPtr grant;  // under which it waits

    // Points into this waiter.
    protocol::AcquireArgs args() const;

    // How many names it lists.
    std::size_t listed() const { return stacks.size() + domains.size(); }
};

// Acquires that wait, served in the order in which they came.
class Waiters {
  public:
    using Ticket = WaitHolders::Ticket;

    // One session and executor wait once: another request of theirs replaces the one that waits,
    // which is returned; the same request takes over its place.
    std::optional<Waiter> add(Waiter waiter);

    // Takes those out that end now, to be answered empty: so many of them at most, those first that
    // end first.
    std::vector<Waiter> take_over_time(Time now, std::size_t most);
    // Costs what it takes out, however many wait.
    std::vector<Waiter> take_acked(const SessionId& session, RequestId acked);
    std::vector<Waiter> take_executor(std::string_view executor_id);

    // Those that are not to wait any more, by a look at each.
    template <class Ends>
    std::vector<Waiter> take_if(const Ends& ends) {
        std::vector<Ticket> tickets;
        for (const auto& [ticket, waiter] : waiters_) {
            if (ends(waiter)) {
                tickets.push_back(ticket);
            }
        }
        return take(tickets);
    }

    bool has(const SessionId& session, std::string_view executor_id) const {
        return ticket_of(session, executor_id) != 0;
    }

    // The one of this session and executor.
    std::optional<Waiter> take_same(const SessionId& session, std::string_view executor_id);

    // The first one after `after` (0: from the start) whose stacks match this task's, and whose
    // domains may: where it named many, wants() is to be asked.
    Ticket match(std::string_view domain, std::string_view stack, Ticket after) const;

    // The first one after `after`, whatever it wants; 0: there is none.
    Ticket first_after(Ticket after) const;

    // Whether its domains match.
    bool wants(Ticket ticket, std::string_view domain) const;

    const Waiter& operator[](Ticket ticket) const { return waiters_.at(ticket); }

    Waiter take(Ticket ticket);

    std::optional<Time> next_deadline() const;

    std::size_t size() const { return waiters_.size(); }

    // Of the names that they list.
    const NameBudget& name_budget() const { return name_budget_; }

    // How many the one of this session and executor lists; 0 where there is none.
    std::size_t listed(const SessionId& session, std::string_view executor_id) const {
        const Ticket ticket = ticket_of(session, executor_id);
        return ticket == 0 ? 0 : waiters_.at(ticket).listed();
    }

    // Whose they are, and who lists the names that are counted.
    const WaitHolders& holders() const { return holders_; }

    const WaitHolders& name_holders() const { return name_holders_; }

    // Nobody is there any more to be answered. Its acquires wait on, as they may be asked again by
    // another connection, and give way first.
    void note_gone(const std::string& reply_to) {
        holders_.note_gone(reply_to);
        name_holders_.note_gone(reply_to);
    }

  private:
    using Tickets = absl::btree_set<Ticket>;

    Ticket ticket_of(const SessionId& session, std::string_view executor_id) const;  // 0: none
    // "stack\ndomain", either of them "*" where any will do.
    std::vector<std::string> keys_of(const Waiter& waiter) const;
    std::vector<Waiter> take(const std::vector<Ticket>& tickets);

    Ticket next_ticket_ = 1;
    NameBudget name_budget_;
    absl::btree_map<Ticket, Waiter> waiters_;
    absl::btree_map<std::string, Tickets> by_key_;
    absl::btree_map<std::string, absl::btree_map<SessionId, Ticket>, std::less<>> by_executor_;
    absl::btree_set<std::tuple<SessionId, RequestId, Ticket>> by_request_;
    absl::btree_set<std::pair<Time, Ticket>> by_time_;
    WaitHolders holders_;
    WaitHolders name_holders_;
};

}  // namespace taskbbs::core
