// In whose name a client with bounds may act, and which executors it sees (docs/security.md).
#include "tests/loop/bounded_scene.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::loop_test {
namespace {

using Catch::Contains;
using protocol::ExecutorsReply;

TEST_CASE("nobody acts as an executor that is not named to it") {
    Scene scene(grant("bound", everything, {}, {"web-*"}));
    scene.all.ask(ClaimArgs{"a1", "db-1"});
    scene.all.ask(StartArgs{"a1", "db-1", "box"});
    const auto refused = [&](const auto& args) {
        const Answer answer = scene.bound.ask(args);
        CHECK_THAT(denied(answer), Contains("executor 'db-1'") && Contains("web-*"));
        CHECK(answer.text("field") == "executor_id");
    };
    refused(HeartbeatArgs{.executor_id = "db-1"});
    refused(ClaimArgs{"a2", "db-1"});
    refused(AcquireArgs{.executor_id = "db-1"});
    refused(StartArgs{"a2", "db-1", "box"});
    refused(CompleteArgs{.guid = "a1", .executor_id = "db-1"});
    refused(RejectArgs{.guid = "a1", .executor_id = "db-1"});
    refused(DepartArgs{.executor_id = "db-1"});
    CHECK(scene.bound.ask(ClaimArgs{"a2", "web-1"}).status == "ok");
}

TEST_CASE("to complete without a name is to act as who has the task") {
    Scene scene(grant("bound", everything, {}, {"web-*"}));
    scene.all.ask(ClaimArgs{"a1", "db-1"});
    scene.all.ask(StartArgs{"a1", "db-1", "box"});
    CHECK(scene.bound.ask(complete("a1")).status == "denied");
    scene.all.ask(ClaimArgs{"a2", "web-1"});
    scene.all.ask(StartArgs{"a2", "web-1", "box"});
    CHECK(scene.bound.ask(complete("a2")).status == "ok");
}

TEST_CASE("to complete without a name tells nobody of a task that it may not see") {
    Scene scene(grant("bound", everything, {"a"}, {"web-*"}));
    scene.all.ask(ClaimArgs{"b1", "hidden"});
    scene.all.ask(StartArgs{"b1", "hidden", "box"});
    const Answer foreign = scene.bound.ask(complete("b1"));
    const Answer unknown = scene.bound.ask(complete("nobody"));
    CHECK(foreign.status == "not_found");
    CHECK(unknown.status == "not_found");
    CHECK(scene.bound.ask(complete("a1")).status == "wrong_state");
}

TEST_CASE("who is bound to domains drains only executors that are its own by name") {
    for (const auto& executors : {std::vector<std::string>{}, {"web-*"}}) {
        Scene scene(grant("bound", {Role::board_operator}, {"a"}, executors));
        scene.all.ask(HeartbeatArgs{.executor_id = "hidden"});
        CHECK(scene.bound.ask(DrainArgs{.executor_id = "hidden"}).status == "denied");
        CHECK(scene.bound.ask(DrainArgs{.executor_id = "nobody"}).status == "denied");
    }
    Scene scene(grant("bound", {Role::board_operator}, {"a"}, {"web-*"}));
    scene.all.ask(HeartbeatArgs{.executor_id = "web-1"});
    CHECK(scene.bound.ask(DrainArgs{.executor_id = "web-1"}).status == "ok");
}

TEST_CASE(
    "a successor may not end tasks of other domains, unless the executor is its own by name") {
    const HeartbeatArgs first{.executor_id = "web-1", .incarnation = "1"};
    const HeartbeatArgs second{.executor_id = "web-1", .incarnation = "2"};
    for (const bool named : {false, true}) {
        Scene scene(grant("bound",
                          {Role::executor},
                          {"a"},
                          named ? std::vector<std::string>{"web-*"} : std::vector<std::string>{}));
        scene.all.ask(first);
        bring(scene.all, "theirs", State::claimed, "web-1", {.domain = "b"});
        CHECK(scene.bound.ask(first).status == "ok");
        CHECK(scene.bound.ask(second).status == (named ? "ok" : "denied"));
        CHECK(scene.rig.state_of("theirs") == (named ? State::completed : State::claimed));
    }
    Scene scene(grant("bound", {Role::executor}, {"a"}));
    scene.bound.ask(first);
    bring(scene.all, "own", State::claimed, "web-1", {.domain = "a"});
    CHECK(scene.bound.ask(second).status == "ok");
}

TEST_CASE("who is bound to domains ends an executor that holds tasks of these alone") {
    Scene scene(grant("bound", {Role::executor}, {"a"}));
    scene.bound.ask(HeartbeatArgs{.executor_id = "own"});
    scene.bound.ask(ClaimArgs{"a1", "own"});
    CHECK(scene.bound.ask(DepartArgs{.executor_id = "own"}).status == "ok");
    scene.all.ask(HeartbeatArgs{.executor_id = "theirs"});
    scene.all.ask(ClaimArgs{"b1", "theirs"});
    CHECK(scene.bound.ask(DepartArgs{.executor_id = "theirs"}).status == "denied");
    CHECK(scene.rig.state_of("b1") == State::claimed);
    CHECK(scene.bound.ask(DepartArgs{.executor_id = "nobody"}).status == "not_found");
}

TEST_CASE("a shown executor tells of the client's own domains alone") {
    Scene scene(grant("bound", {Role::monitor}, {"a"}, {"web-*"}));
    scene.all.ask(HeartbeatArgs{.executor_id = "web-1"});
    scene.all.ask(AcquireArgs{.executor_id = "web-1", .max = 3, .domains = {"a", "b"}});
    const Answer answer = scene.bound.ask(ExecutorsArgs{});
    const auto executors = answer.as<ExecutorsReply>().executors;
    REQUIRE(executors.array.size() == 1);
    const Value one = *executors.array.begin();
    CHECK(one.at("claimed").integer() == 2);
    REQUIRE(one.at("domains").size() == 1);
    CHECK(scene.all.ask(ExecutorsArgs{}).as<ExecutorsReply>().executors.array.size() == 1);
}

TEST_CASE("executors are shown to who is bound to domains by the names it was given") {
    Scene scene(grant("bound", {Role::monitor}, {"a"}, {"web-*", "db-1"}));
    for (const std::string_view id : {"app-1", "db-1", "db-2", "web-1", "web-2", "xyz"}) {
        scene.all.ask(HeartbeatArgs{.executor_id = id});
    }
    const auto ids_of = [](const ExecutorsReply& page) {
        Story ids;
        for (const Value one : page.executors.array) {
            ids.emplace_back(one.at("executor_id").str().value());
        }
        return ids;
    };
    CHECK(all_pages(scene.bound, ExecutorsArgs{.limit = 1}, ids_of) ==
          Story{"db-1", "web-1", "web-2"});
}

}  // namespace
}  // namespace taskbbs::loop_test
