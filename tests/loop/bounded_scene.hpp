// A board on which one client is bound and another one is not.
#pragma once

#include "tests/loop/client.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::loop_test {

using core::Grant;
using core::Role;

inline Grant grant(std::string key,
                   std::initializer_list<Role> roles,
                   std::vector<std::string> domains = {},
                   std::vector<std::string> executors = {}) {
    Grant made{.key = std::move(key),
               .principal = "ci",
               .domains = std::move(domains),
               .executors = std::move(executors)};
    for (const Role role : roles) {
        made.add(role);
    }
    return made;
}

// An operator without bounds, and a client with those of the test; tasks a1, a2 of domain a, b1 of
// b.
struct Scene {
    Rig rig{without_passes()};
    Client all{rig, "all"};
    Client bound{rig, "bound"};

    explicit Scene(Grant of_bound) {
        rig.grant("all", grant("all", {Role::board_operator}));
        rig.grant("bound", std::move(of_bound));
        all.ask(desire("a1", {.domain = "a"}));
        all.ask(desire("a2", {.domain = "a"}));
        all.ask(desire("b1", {.domain = "b"}));
    }
};

inline const auto everything = {Role::requester, Role::executor};

inline Scene bound_to_a() {
    return Scene(grant("bound", {Role::requester, Role::executor, Role::board_operator}, {"a"}));
}

inline std::string denied(const Answer& answer) {
    REQUIRE(answer.status == "denied");
    return answer.text("message");
}

}  // namespace taskbbs::loop_test
