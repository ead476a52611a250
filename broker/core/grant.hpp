// What one client may do (docs/security.md; roles: docs/protocol.md, section 6): its roles, the
// domains that bound what it desires, sees and takes, and the executors in whose name it acts.
// Checked for each request, after its form and before the board is asked. Pure.
#pragma once

#include "broker/core/decide.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::core {

enum class Role : std::uint8_t { monitor, requester, executor, board_operator };

// As it is made: nothing is allowed, not even a read. That is what a client gets whose key the
// table does not hold any more.
struct Grant {
    std::string key;                     // its public key
    std::string principal;               // its name, for people
    std::uint8_t roles = 0;              // a bit each
    std::vector<std::string> domains;    // sorted; empty: all
    std::vector<std::string> executors;  // names, or beginnings that end with *; empty: any

    bool has(Role role) const { return (roles & bit(role)) != 0; }

    void add(Role role) { roles |= bit(role); }

    bool is_bounded() const { return !domains.empty(); }

    bool covers_domain(std::string_view domain) const;
    // Whether it may act as this executor.
    bool covers_executor(std::string_view executor_id) const;
    // Whether it is shown it: where domains bound it, only those that it may act as by name, since
    // others tell of everybody's tasks.
    bool shows_executor(std::string_view executor_id) const;

    bool operator==(const Grant&) const = default;

  private:
    static constexpr std::uint8_t bit(Role role) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(role));
    }
};

// Null: nobody asks who a client is (no CURVE), and everybody is an operator.
using GrantPtr = std::shared_ptr<const Grant>;

// "requester,executor", as hello says it.
std::string roles_text(const Grant& grant);

// Whether the client may ask this at all: `denied`, with the roles that would do.
Decided<void> check_role(const Grant& grant, protocol::Verb verb);

// Whether it may ask this of these: `denied`, with the role or the bound that is in the way; or
// `not_found`, as a task outside of its domains is not there for this client. One for each verb
// that has arguments.
template <class Args>
Decided<void> check_grant(const Board& board, const Grant& grant, const Args& args);

// What was asked of all domains is asked of those that bound the client. The names point into the
// grant.
void bound(const Grant& grant, protocol::AcquireArgs& args);
void bound(const Grant& grant, protocol::ReplayArgs& args);

}  // namespace taskbbs::core

namespace taskbbs::protocol {

template <>
inline constexpr auto names<core::Role> =
    std::to_array<std::string_view>({"monitor", "requester", "executor", "operator"});

}  // namespace taskbbs::protocol
