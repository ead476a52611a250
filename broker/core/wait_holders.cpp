// Two orders of the holders, changed with whatever one of them has.
#include "broker/core/wait_holders.hpp"

#include <iterator>

namespace taskbbs::core {

template <class Change>
void WaitHolders::change(const std::string& holder, const Change& change) {
    Held& held = held_[holder];
    by_waits_.erase({held.is_gone, held.tickets.size(), holder});
    by_names_.erase({held.is_gone, held.names, holder});
    change(held);
    if (held.tickets.empty()) {
        held_.erase(holder);
        return;
    }
    by_waits_.insert({held.is_gone, held.tickets.size(), holder});
    by_names_.insert({held.is_gone, held.names, holder});
}

void WaitHolders::add(const std::string& holder, Ticket ticket, std::size_t names) {
    change(holder, [&](Held& held) {
        held.tickets.insert(ticket);
        held.names += names;
        held.is_gone = false;
    });
}

void WaitHolders::remove(const std::string& holder, Ticket ticket, std::size_t names) {
    change(holder, [&](Held& held) {
        held.tickets.erase(ticket);
        held.names -= names;
    });
}

void WaitHolders::note_gone(const std::string& holder) {
    change(holder, [](Held& held) { held.is_gone = true; });
}

std::size_t WaitHolders::waits_of(std::string_view holder) const {
    const auto found = held_.find(holder);
    return found == held_.end() ? 0 : found->second.tickets.size();
}

std::size_t WaitHolders::names_of(std::string_view holder) const {
    const auto found = held_.find(holder);
    return found == held_.end() ? 0 : found->second.names;
}

WaitHolders::Ticket WaitHolders::latest(const Order& order, std::size_t more_than) const {
    if (order.empty()) {
        return 0;
    }
    const auto& [is_gone, has, holder] = *std::prev(order.end());
    return is_gone || has > more_than ? *std::prev(held_.at(holder).tickets.end()) : 0;
}

}  // namespace taskbbs::core
