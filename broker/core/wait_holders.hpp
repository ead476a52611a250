// Who has how many acquires that wait, and how many names these list: so that where all places are
// taken, who has most of them gives way. Pure.
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>

namespace taskbbs::core {

// A holder is named by where its replies go.
class WaitHolders {
  public:
    using Ticket = std::uint64_t;

    // Whoever waits is there, whatever note_gone() was told before.
    void add(const std::string& holder, Ticket ticket, std::size_t names);
    void remove(const std::string& holder, Ticket ticket, std::size_t names);
    // It gives way before all others: nobody can take what it waits for.
    void note_gone(const std::string& holder);

    std::size_t waits_of(std::string_view holder) const;
    std::size_t names_of(std::string_view holder) const;

    // The latest of those of who has most waits, or names, where that is more than this many, or
    // who is gone; 0: there is none.
    Ticket latest_by_waits(std::size_t more_than) const { return latest(by_waits_, more_than); }

    Ticket latest_by_names(std::size_t more_than) const { return latest(by_names_, more_than); }

  private:
    struct Held {
        absl::btree_set<Ticket> tickets;
        std::size_t names = 0;
        bool is_gone = false;
    };

    // Whether it is gone, how much it has, and who it is: who gives way first is the last.
    using Order = absl::btree_set<std::tuple<bool, std::size_t, std::string>>;

    template <class Change>
    void change(const std::string& holder, const Change& change);
    Ticket latest(const Order& order, std::size_t more_than) const;

    absl::btree_map<std::string, Held, std::less<>> held_;
    Order by_waits_;
    Order by_names_;
};

}  // namespace taskbbs::core
