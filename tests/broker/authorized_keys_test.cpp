// security.authorized_keys (docs/security.md): what a line may say.
#include "broker/authorized_keys.hpp"

#include "keys/key_pair.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

namespace taskbbs::broker::authorized_keys {
namespace {

using Catch::Contains;
using core::Role;

const std::string key = keys::new_pair()->public_key;
const std::string other_key = keys::new_pair()->public_key;

core::Grants read(const std::string& text) {
    auto grants = parse_authorized_keys("keys", text);
    REQUIRE(grants);
    return *std::move(grants);
}

core::Grant grant_of(const std::string& rest) {
    return *read(key + " " + rest).find(key);
}

// "LINE: what" of each.
std::string faults_in(const std::string& text) {
    const auto grants = parse_authorized_keys("keys", text);
    REQUIRE_FALSE(grants);
    std::string all;
    for (const Fault& fault : grants.error()) {
        all += fmt::format("{}: {}\n", fault.where, fault.what);
    }
    return all;
}

TEST_CASE("a line gives a key its principal, roles and bounds") {
    const core::Grant grant =
        grant_of("ci@build.example requester,executor domains=web,db executors=web-*,db-1");
    CHECK(grant.principal == "ci@build.example");
    CHECK(grant.has(Role::requester));
    CHECK(grant.has(Role::executor));
    CHECK_FALSE(grant.has(Role::monitor));
    CHECK_FALSE(grant.has(Role::board_operator));
    CHECK(grant.domains == std::vector<std::string>{"db", "web"});
    CHECK(grant.executors == std::vector<std::string>{"web-*", "db-1"});
}

TEST_CASE("blank lines, comments and what stands behind a # are passed by") {
    const core::Grants grants =
        read("# clients\n\n  \t\n" + key + "\tci  monitor # of the build\r\n#" + other_key +
             " old requester\n########################################\n");
    CHECK(grants.size() == 1);
    CHECK(grants.find(key)->principal == "ci");
}

TEST_CASE("a principal may have several keys, a key one line") {
    CHECK(read(key + " ci monitor\n" + other_key + " ci operator").size() == 2);
    CHECK_THAT(faults_in(key + " ci monitor\n\n" + key + " other monitor"),
               Contains("keys:3: ") && Contains("a line above"));
}

TEST_CASE("a key that the table does not hold allows nothing") {
    const core::Grants grants = read("");
    CHECK(grants.find(key) == nullptr);
    CHECK(grants.of(key)->roles == 0);
    CHECK(grants.of(key)->key == key);
}

TEST_CASE("everything that is wrong is told at once, by its line") {
    const std::string text = "short ci monitor\n" + key + " ci\n" + key + " c/i monitor\n" + key +
                             " ci boss\n" + key + " ci monitor domain=a\n" + key +
                             " ci monitor domains=\n" + key + " ci monitor domains=a/b\n" + key +
                             " ci executor executors=*a\n" + key +
                             " ci monitor domains=a domains=b\n";
    const std::string faults = faults_in(text);
    CHECK_THAT(faults, Contains("keys:1: \"short\" is no public key"));
    CHECK_THAT(faults, Contains("keys:2: PUBLIC-KEY principal role"));
    CHECK_THAT(faults, Contains("keys:3: \"c/i\" is no principal"));
    CHECK_THAT(faults, Contains("keys:4: \"boss\" is no role; those are monitor, requester"));
    CHECK_THAT(faults, Contains("keys:5: \"domain=a\" is neither"));
    CHECK_THAT(faults, Contains("keys:6: \"\" won't do: domains="));
    CHECK_THAT(faults, Contains("keys:7: \"a/b\" won't do"));
    CHECK_THAT(faults, Contains("keys:8: \"*a\" won't do"));
    CHECK_THAT(faults, Contains("keys:9: it stands here twice"));
}

TEST_CASE("a list with nothing between its commas is a mistake") {
    for (const std::string words : {"ci ,",
                                    "ci monitor,",
                                    "ci ,monitor",
                                    "ci monitor domains=a,,b",
                                    "ci monitor domains=,a",
                                    "ci executor executors=e,"}) {
        CAPTURE(words);
        CHECK_THAT(faults_in(key + " " + words + "\n"), Contains("keys:1: \""));
    }
}

TEST_CASE("with any mistake nothing is taken") {
    CHECK_FALSE(parse_authorized_keys("keys", key + " ci monitor\nnonsense\n"));
}

TEST_CASE("who loses events: a key that goes, or gets bounds") {
    const core::Grants all = read(key + " ci monitor\n" + other_key + " me operator");
    CHECK(read(key + " ci monitor").loses_events_of(all));
    CHECK(read(key + " ci monitor domains=a\n" + other_key + " me operator").loses_events_of(all));
    CHECK_FALSE(read(key + " ci executor\n" + other_key + " me monitor").loses_events_of(all));
    CHECK_FALSE(all.loses_events_of(read(key + " ci monitor")));
}

}  // namespace
}  // namespace taskbbs::broker::authorized_keys
