// Who may do what (docs/protocol.md, section 6, "Roles"; docs/security.md).
#include "broker/core/grant.hpp"

#include "protocol/messages.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace taskbbs::core {
namespace {

using Catch::Contains;
using protocol::Status;
using protocol::Verb;

Grant with(Role role) {
    Grant grant{.principal = "ci"};
    grant.add(role);
    return grant;
}

std::set<std::string_view> allowed(const Grant& grant) {
    std::set<std::string_view> verbs;
    for (std::size_t i = 0; i < protocol::names<Verb>.size(); ++i) {
        if (check_role(grant, static_cast<Verb>(i))) {
            verbs.insert(protocol::names<Verb>[i]);
        }
    }
    return verbs;
}

using Verbs = std::set<std::string_view>;
const Verbs reads{"hello", "get", "list", "executors", "replay", "stats", "explain", "paused"};

Verbs reads_and(Verbs verbs) {
    verbs.insert(reads.begin(), reads.end());
    return verbs;
}

TEST_CASE("a monitor reads") {
    CHECK(allowed(with(Role::monitor)) == reads);
}

TEST_CASE("a requester reads, desires, cancels and resolves") {
    CHECK(allowed(with(Role::requester)) ==
          reads_and({"desire", "cancel", "resolving", "resolve"}));
}

TEST_CASE("an executor reads, takes, runs and is present") {
    CHECK(allowed(with(Role::executor)) ==
          reads_and({"claim", "acquire", "start", "complete", "reject", "heartbeat", "depart"}));
}

TEST_CASE("an operator does everything") {
    CHECK(allowed(with(Role::board_operator)).size() == protocol::names<Verb>.size());
}

TEST_CASE("several roles add up") {
    Grant grant = with(Role::requester);
    grant.add(Role::executor);
    CHECK(check_role(grant, Verb::desire));
    CHECK(check_role(grant, Verb::claim));
    CHECK_FALSE(check_role(grant, Verb::drain));
    CHECK(roles_text(grant) == "requester,executor");
}

TEST_CASE("without a role nothing is allowed, not even a read") {
    CHECK(allowed(Grant{}).empty());
    CHECK_THAT(check_role(Grant{}, Verb::get).error().body.message,
               Contains("add it to security.authorized_keys and reload"));
}

TEST_CASE("a refusal names the role that is needed, and those that are there") {
    const auto refused = check_role(with(Role::monitor), Verb::desire);
    CHECK(refused.error().status == Status::denied);
    CHECK_THAT(refused.error().body.message,
               Contains("requester or operator") && Contains("monitor") && Contains("'ci'"));
}

TEST_CASE("names of executors may be beginnings") {
    Grant grant = with(Role::executor);
    CHECK(grant.covers_executor("anything"));
    grant.executors = {"web-*", "db-1"};
    CHECK(grant.covers_executor("web-"));
    CHECK(grant.covers_executor("web-7"));
    CHECK(grant.covers_executor("db-1"));
    CHECK_FALSE(grant.covers_executor("db-10"));
    CHECK_FALSE(grant.covers_executor("web"));
    grant.executors = {"*"};
    CHECK(grant.covers_executor("anything"));
}

TEST_CASE("who is bound to domains is shown only executors that are named to it") {
    Grant grant = with(Role::monitor);
    CHECK(grant.shows_executor("e"));
    grant.domains = {"a"};
    CHECK_FALSE(grant.shows_executor("e"));
    grant.executors = {"e*"};
    CHECK(grant.shows_executor("e1"));
    CHECK_FALSE(grant.shows_executor("f"));
}

}  // namespace
}  // namespace taskbbs::core
