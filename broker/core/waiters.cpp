// Each wait stands in several orders; whatever ends it takes it out of all of them.
#include "broker/core/waiters.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::core {

protocol::AcquireArgs Waiter::args() const {
    return {.executor_id = executor_id,
            .max = max,
            .stacks = {stacks.begin(), stacks.end()},
            .domains = {domains.begin(), domains.end()},
            .free = free};
}

std::vector<std::string> Waiters::keys_of(const Waiter& waiter) const {
    constexpr std::size_t most_keys = 16;  // beyond that, domains are looked at one by one
    const std::vector<std::string> any{"*"};
    const auto& stacks = waiter.stacks.empty() ? any : waiter.stacks;
    const bool few = stacks.size() * waiter.domains.size() <= most_keys;
    const auto& domains = waiter.domains.empty() || !few ? any : waiter.domains;
    std::vector<std::string> keys;
    for (const std::string& stack : stacks) {
        for (const std::string& domain : domains) {
            keys.push_back(fmt::format("{}\n{}", stack, domain));
        }
    }
    return keys;
}

Waiters::Ticket Waiters::ticket_of(const SessionId& session, std::string_view executor_id) const {
    const auto waiting = by_executor_.find(executor_id);
    if (waiting == by_executor_.end()) {
        return 0;
    }
    const auto found = waiting->second.find(session);
    return found == waiting->second.end() ? 0 : found->second;
}

std::optional<Waiter> Waiters::take_same(const SessionId& session, std::string_view executor_id) {
    const Ticket ticket = ticket_of(session, executor_id);
    return ticket == 0 ? std::nullopt : std::optional(take(ticket));
}

std::optional<Waiter> Waiters::add(Waiter waiter) {
    Ticket ticket = ticket_of(waiter.session, waiter.executor_id);
    std::optional<Waiter> replaced;
    if (ticket != 0) {
        replaced = take(ticket);
    }
    if (replaced && replaced->id == waiter.id) {
        replaced.reset();
    } else {
        ticket = next_ticket_++;
    }
    std::sort(waiter.domains.begin(), waiter.domains.end());
    for (const std::string& key : keys_of(waiter)) {
        by_key_[key].insert(ticket);
    }
    by_executor_[waiter.executor_id].emplace(waiter.session, ticket);
    by_request_.emplace(waiter.session, waiter.id, ticket);
    by_time_.insert({waiter.until, ticket});
    holders_.add(waiter.reply_to, ticket, 1);
    name_holders_.add(waiter.reply_to, ticket, NameBudget::extra(waiter.listed()));
    name_budget_.change(0, waiter.listed());
    waiters_.emplace(ticket, std::move(waiter));
    return replaced;
}

Waiter Waiters::take(Ticket ticket) {
    const auto found = waiters_.find(ticket);
    Waiter waiter = std::move(found->second);
    waiters_.erase(found);
    name_budget_.change(waiter.listed(), 0);
    const auto remove = [](auto& map, const auto& key, const auto& one) {
        const auto entry = map.find(key);
        if (entry == map.end()) {
            return;
        }
        entry->second.erase(one);
        if (entry->second.empty()) {
            map.erase(entry);
        }
    };
    for (const std::string& key : keys_of(waiter)) {
        remove(by_key_, key, ticket);
    }
    remove(by_executor_, waiter.executor_id, waiter.session);
    by_request_.erase({waiter.session, waiter.id, ticket});
    by_time_.erase({waiter.until, ticket});
    holders_.remove(waiter.reply_to, ticket, 1);
    name_holders_.remove(waiter.reply_to, ticket, NameBudget::extra(waiter.listed()));
    return waiter;
}

std::vector<Waiter> Waiters::take(const std::vector<Ticket>& tickets) {
    std::vector<Waiter> taken;
    taken.reserve(tickets.size());
    for (const Ticket ticket : tickets) {
        taken.push_back(take(ticket));
    }
    return taken;
}

std::vector<Waiter> Waiters::take_over_time(Time now, std::size_t most) {
    std::vector<Ticket> tickets;
    auto it = by_time_.begin();
    for (; it != by_time_.end() && it->first <= now && tickets.size() < most; ++it) {
        tickets.push_back(it->second);
    }
    return take(tickets);
}

std::vector<Waiter> Waiters::take_acked(const SessionId& session, RequestId acked) {
    std::vector<Ticket> tickets;
    const auto first = by_request_.lower_bound({session, 0, 0});
    for (auto it = first; it != by_request_.end(); ++it) {
        const auto& [waiting, id, ticket] = *it;
        if (waiting != session || id > acked) {
            break;
        }
        tickets.push_back(ticket);
    }
    return take(tickets);
}

std::vector<Waiter> Waiters::take_executor(std::string_view executor_id) {
    std::vector<Ticket> tickets;
    if (const auto waiting = by_executor_.find(executor_id); waiting != by_executor_.end()) {
        for (const auto& [session, ticket] : waiting->second) {
            tickets.push_back(ticket);
        }
    }
    return take(tickets);
}

Waiters::Ticket Waiters::match(std::string_view domain,
                               std::string_view stack,
                               Ticket after) const {
    Ticket first = 0;
    const auto look = [&](std::string_view stack_key, std::string_view domain_key) {
        const auto found = by_key_.find(fmt::format("{}\n{}", stack_key, domain_key));
        if (found == by_key_.end()) {
            return;
        }
        const auto next = found->second.upper_bound(after);
        if (next != found->second.end() && (first == 0 || *next < first)) {
            first = *next;
        }
    };
    look(stack, domain);
    look(stack, "*");
    look("*", domain);
    look("*", "*");
    return first;
}

Waiters::Ticket Waiters::first_after(Ticket after) const {
    const auto next = waiters_.upper_bound(after);
    return next == waiters_.end() ? 0 : next->first;
}

bool Waiters::wants(Ticket ticket, std::string_view domain) const {
    const std::vector<std::string>& domains = waiters_.at(ticket).domains;
    return domains.empty() || std::binary_search(domains.begin(), domains.end(), domain);
}

std::optional<Time> Waiters::next_deadline() const {
    return by_time_.empty() ? std::nullopt : std::optional(by_time_.begin()->first);
}

}  // namespace taskbbs::core
