// An order of the holders, changed with whatever one of them has.
#include "broker/core/wait_holders.hpp"

#include <iterator>

namespace taskbbs::core {

template <class Change>
void WaitHolders::change(const std::string& holder, const Change& change) {
    Held& held = held_[holder];
    order_.erase({held.is_gone, held.amount, holder});
    change(held);
    if (held.tickets.empty()) {
        held_.erase(holder);
    } else {
        order_.insert({held.is_gone, held.amount, holder});
    }
}

void WaitHolders::add(const std::string& holder, Ticket ticket, std::size_t amount) {
    change(holder, [&](Held& held) {
        if (amount > 0) {
            held.tickets.insert(ticket);
        }
        held.amount += amount;
        held.is_gone = false;
    });
}

void WaitHolders::remove(const std::string& holder, Ticket ticket, std::size_t amount) {
    change(holder, [&](Held& held) {
        held.tickets.erase(ticket);
        held.amount -= amount;
    });
}

void WaitHolders::note_gone(const std::string& holder) {
    change(holder, [](Held& held) { held.is_gone = true; });
}

std::size_t WaitHolders::amount_of(std::string_view holder) const {
    const auto found = held_.find(holder);
    return found == held_.end() ? 0 : found->second.amount;
}

WaitHolders::Ticket WaitHolders::latest(std::size_t more_than) const {
    if (order_.empty()) {
        return 0;
    }
    const auto& [is_gone, amount, holder] = *std::prev(order_.end());
    return is_gone || amount > more_than ? *std::prev(held_.at(holder).tickets.end()) : 0;
}

}  // namespace taskbbs::core
