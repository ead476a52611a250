// Whose acquires that wait take how much of what all of them share: so that where all of it is
// taken, who has most gives way. Pure.
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

    // This wait takes so much; nothing: it is not looked at. Whoever waits is there, whatever
    // note_gone() was told before.
    void add(const std::string& holder, Ticket ticket, std::size_t amount);
    void remove(const std::string& holder, Ticket ticket, std::size_t amount);
    // It gives way before all others: nobody can take what it waits for.
    void note_gone(const std::string& holder);

    std::size_t amount_of(std::string_view holder) const;

    // The latest wait of who has most, where that is more than this, or who is gone; 0: there is
    // none.
    Ticket latest(std::size_t more_than) const;

  private:
    struct Held {
        absl::btree_set<Ticket> tickets;
        std::size_t amount = 0;
        bool is_gone = false;
    };

    template <class Change>
    void change(const std::string& holder, const Change& change);

    absl::btree_map<std::string, Held, std::less<>> held_;
    // Whether it is gone, how much it has, and who it is: who gives way first is the last.
    absl::btree_set<std::tuple<bool, std::size_t, std::string>> order_;
};

}  // namespace taskbbs::core
