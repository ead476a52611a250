// What the board knows of an executor: what the journal says (presence, incarnations, draining,
// tasks) and what only this run knows (when its presence runs out, what it said it offers).
#pragma once

#include "broker/core/event.hpp"
#include "broker/core/slot_by.hpp"
#include "protocol/replies.hpp"

#include <absl/container/btree_set.h>
#include <array>
#include <deque>
#include <string>
#include <vector>

namespace taskbbs::core {

// A task's place in an executor's listing: in the order of birth, group by group. It is their
// domain that groups them (see group_of in broker/core/tasks).
struct ListKey {
    std::uint32_t group = 0;
    SlotBy<Seq> birth;

    Slot slot() const { return birth.slot(); }

    bool operator<(const ListKey& other) const {
        return group != other.group ? group < other.group : birth < other.birth;
    }
};

using Listing = absl::btree_set<ListKey>;
using Listings = std::array<Listing, protocol::live_states>;

inline constexpr std::size_t remembered_incarnations = 16;  // the contract wants at least 8

struct ExecutorRecord {
    std::string id;
    std::uint64_t hash = 0;  // of the id

    // From the journal.
    bool present = false;
    bool draining = false;
    bool ever_joined = false;
    std::string incarnation;                      // the present or the latest one
    std::deque<std::string> former_incarnations;  // after which another one joined; newest last
    Time joined_at{};
    milliseconds ttl{0};
    std::array<std::uint32_t, protocol::live_states> named{};  // tasks that name it, by state
    // While it is being lost: tasks that it owned under an epoch below `lost_at` are doomed, and
    // this many are still to be ended. lost_at is the number of its lost or departed event, 0 at
    // other times.
    Seq lost_at = 0;
    std::size_t doomed = 0;
    Origin departed_by;  // the request whose outcome grows with each doomed task

    // Made of that, for who looks for them.
    Listings tasks;  // those that name it, by state, once the board serves; none pending
    bool is_absent_owner = false;

    // Of this run alone: see broker/core/presence.
    enum class Phase : std::uint8_t { fresh, run_out, held };
    Phase phase = Phase::fresh;
    Time expires{};
    Time timer{};  // when its entry in the presence's heap is due
    std::vector<std::string> stacks;
    std::int64_t slots = 0;
    std::optional<protocol::Resources> free;
    std::vector<std::string> domains;  // of its latest acquire; empty: any

    // How many names it lists.
    std::size_t listed() const { return stacks.size() + domains.size(); }

    Listing& tasks_in(State state) { return tasks[static_cast<std::size_t>(state)]; }

    const Listing& tasks_in(State state) const { return tasks[static_cast<std::size_t>(state)]; }

    std::uint32_t& named_in(State state) { return named[static_cast<std::size_t>(state)]; }

    std::size_t owned() const {
        constexpr auto claimed = static_cast<std::size_t>(State::claimed);
        constexpr auto running = static_cast<std::size_t>(State::running);
        return std::size_t{named[claimed]} + named[running];
    }

    bool is_named() const { return named != decltype(named){}; }

    bool is_being_lost() const { return lost_at != 0; }

    bool dooms(const Seq epoch) const { return lost_at != 0 && epoch < lost_at; }
};

}  // namespace taskbbs::core
