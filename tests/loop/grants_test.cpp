// What a client with bounds may do, sees and is told (docs/security.md), through the whole loop.
#include "tests/loop/bounded_scene.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::loop_test {
namespace {

using Catch::Contains;
using protocol::AcquireReply;
using protocol::ExplainArgs;
using protocol::HelloReply;
using protocol::ListReply;
using protocol::PausedReply;

// ---- roles -----------------------------------------------------------------------------------

TEST_CASE("without grants everybody is operator") {
    Rig rig;
    CHECK(Client(rig, "c").ask(HelloArgs{}).text("role") == "operator");
}

TEST_CASE("hello tells the roles") {
    Scene scene(grant("bound", everything));
    CHECK(scene.bound.ask(HelloArgs{}).text("role") == "requester,executor");
    CHECK(scene.all.ask(HelloArgs{}).text("role") == "operator");
}

TEST_CASE("a role that lacks is told after form, before the task is looked for") {
    Scene scene(grant("bound", {Role::monitor}));
    CHECK_THAT(denied(scene.bound.ask(CancelArgs{.guid = "nobody"})), Contains("requester"));
    CHECK(scene.bound.ask(CancelArgs{.guid = "no guid!"}).status == "invalid_request");
    CHECK(scene.rig.state_of("a1") == State::pending);
}

TEST_CASE("a client whose key is not known is denied everything, and changes nothing") {
    Scene scene(grant("bound", {}));
    CHECK_THAT(denied(scene.bound.ask(HelloArgs{})), Contains("authorized"));
    CHECK(scene.bound.ask(GetArgs{.guid = "a1"}).status == "denied");
    CHECK(scene.bound.ask(desire("x")).status == "denied");
    CHECK_FALSE(scene.rig.has("x"));
}

TEST_CASE("a stranger does not get at a session, nor ack in it") {
    Scene scene(grant("bound", {}));
    const RequestId id = scene.all.last_id() + 1;
    REQUIRE(scene.all.ask_as(id, ClaimArgs{"a1", "e"}).status == "ok");
    Client thief(scene.rig, "all");  // the same session, from the stranger's connection
    thief.reconnect("bound");
    thief.ack(id);
    CHECK(thief.ask_as(id, ClaimArgs{"a1", "e"}).status == "denied");
    CHECK(scene.all.ask_as(id, ClaimArgs{"a1", "e"}).status == "ok");
}

// ---- domains ---------------------------------------------------------------------------------

TEST_CASE("a task of another domain is not desired") {
    Scene scene = bound_to_a();
    const Answer answer = scene.bound.ask(desire("x", {.domain = "b"}));
    CHECK_THAT(denied(answer), Contains("domain 'b'") && Contains("only: a"));
    CHECK(answer.text("field") == "domain");
    CHECK(scene.bound.ask(desire("y", {.domain = "a"})).status == "ok");
}

TEST_CASE("a task of another domain is not there, whatever is asked of it") {
    Scene scene = bound_to_a();
    const auto unknown = [&](const auto& args) {
        const Answer foreign = scene.bound.ask(args);
        CHECK(foreign.status == "not_found");
        CHECK_THAT(foreign.text("message"), Contains("there is no task 'b1'"));
    };
    unknown(GetArgs{.guid = "b1"});
    unknown(ExplainArgs{.guid = "b1"});
    unknown(ClaimArgs{"b1", "e"});
    unknown(StartArgs{"b1", "e", "box"});
    unknown(complete("b1"));
    unknown(RejectArgs{.guid = "b1", .executor_id = "e"});
    unknown(CancelArgs{.guid = "b1"});
    unknown(ResolvingArgs{"b1"});
    unknown(ResolveArgs{"b1"});
    CHECK(scene.bound.ask(GetArgs{.guid = "a1"}).status == "ok");
}

TEST_CASE("acquire hands out tasks of its domains alone") {
    Scene scene = bound_to_a();
    const auto got = scene.bound.ask(AcquireArgs{.executor_id = "e", .max = 10});
    CHECK(guids_of(got.as<AcquireReply>().tasks) == Story{"a1", "a2"});
    const AcquireArgs of_b{.executor_id = "e", .domains = {"a", "b"}};
    CHECK_THAT(denied(scene.bound.ask(of_b)), Contains("domain 'b'"));
}

TEST_CASE("who waits is served from its domains alone") {
    Scene scene = bound_to_a();
    scene.bound.ask(AcquireArgs{.executor_id = "e", .max = 10});
    const RequestId id =
        scene.bound.send(AcquireArgs{.executor_id = "e", .wait = std::chrono::milliseconds(9000)});
    scene.all.ask(desire("b2", {.domain = "b"}));
    CHECK_FALSE(scene.bound.has_answer(id));
    scene.all.ask(desire("a3", {.domain = "a"}));
    CHECK(guids_of(scene.bound.answer_to(id).as<AcquireReply>().tasks) == Story{"a3"});
}

TEST_CASE("list pages through its domains alone") {
    Scene scene(grant("bound", {Role::monitor}, {"a", "c"}));
    scene.all.ask(desire("c1", {.domain = "c"}));
    CHECK(list_all(scene.bound, {.limit = 1}) == Story{"a1", "a2", "c1"});
    CHECK_THAT(denied(scene.bound.ask(ListArgs{.domain = "b"})), Contains("domain 'b'"));
}

TEST_CASE("list of an executor shows its tasks of these domains alone") {
    Scene scene = bound_to_a();
    for (const std::string_view guid : {"b1", "a2", "a1"}) {
        scene.all.ask(ClaimArgs{guid, "e"});
    }
    const auto page = scene.bound.ask(ListArgs{.executor_id = "e"}).as<ListReply>();
    CHECK(guids_of(page.tasks) == Story{"a1", "a2"});
}

TEST_CASE("replay asks history for its domains alone") {
    Scene scene = bound_to_a();
    scene.bound.send(ReplayArgs{});
    scene.rig.run();
    const auto questions = scene.rig.take_questions();
    REQUIRE(questions.size() == 1);
    CHECK(questions[0].query.groups.size() == 1);
    CHECK_THAT(denied(scene.bound.ask(ReplayArgs{.domains = {"b"}})), Contains("domain 'b'"));
}

TEST_CASE("stats counts its tasks alone, and says nothing of the rest") {
    Scene scene = bound_to_a();
    scene.all.ask(ClaimArgs{"a1", "e"});
    const Answer stats = scene.bound.ask(StatsArgs{});
    CHECK(stats.number("tasks") == 2);
    CHECK(stats.number("pending") == 1);
    CHECK(stats.number("claimed") == 1);
    CHECK(stats.number("requests") == -1);
    CHECK(scene.all.ask(StatsArgs{}).number("tasks") == 3);
}

TEST_CASE("hello tells that events are denied to who is bound to domains") {
    const auto told = [](Client& client) {
        const auto features = client.ask(HelloArgs{}).as<HelloReply>().features;
        return std::find(features.begin(), features.end(), "events_denied") != features.end();
    };
    Scene scene = bound_to_a();
    CHECK(told(scene.bound));
    CHECK_FALSE(told(scene.all));
}

TEST_CASE("pauses are its domains' alone, to see and to make") {
    Scene scene = bound_to_a();
    scene.all.ask(PauseArgs{.domain = "b"});
    CHECK(scene.bound.ask(PauseArgs{.domain = "b"}).status == "denied");
    CHECK(scene.bound.ask(ResumeArgs{.domain = "b"}).status == "denied");
    CHECK(scene.bound.ask(PauseArgs{.domain = "a"}).status == "ok");
    CHECK(scene.bound.ask(PausedArgs{}).as<PausedReply>().paused.array.size() == 1);
}

TEST_CASE("a pass over all domains is not for who is bound to some") {
    Scene scene = bound_to_a();
    CHECK_THAT(denied(scene.bound.ask(ConvergeArgs{})), Contains("all domains"));
}

// ---- while it serves -------------------------------------------------------------------------

TEST_CASE("who waits under a key that is revoked waits no more") {
    Scene scene = bound_to_a();
    scene.bound.ask(AcquireArgs{.executor_id = "e", .max = 10});
    const RequestId id =
        scene.bound.send(AcquireArgs{.executor_id = "e", .wait = std::chrono::milliseconds(9000)});
    scene.rig.revoke("bound");
    CHECK(guids_of(scene.bound.answer_to(id).as<AcquireReply>().tasks).empty());
    scene.all.ask(desire("a3", {.domain = "a"}));
    CHECK(scene.rig.state_of("a3") == State::pending);
    CHECK(scene.bound.ask(GetArgs{.guid = "a1"}).status == "denied");
}

TEST_CASE("who waits under a key that stays goes on waiting") {
    Scene scene = bound_to_a();
    scene.bound.ask(AcquireArgs{.executor_id = "e", .max = 10});
    const RequestId id =
        scene.bound.send(AcquireArgs{.executor_id = "e", .wait = std::chrono::milliseconds(9000)});
    scene.rig.revoke("nobody");
    CHECK_FALSE(scene.bound.has_answer(id));
    scene.all.ask(desire("a3", {.domain = "a"}));
    CHECK(guids_of(scene.bound.answer_to(id).as<AcquireReply>().tasks) == Story{"a3"});
}

TEST_CASE("a page that a revoked key asked for is not handed over") {
    Scene scene = bound_to_a();
    const RequestId id = scene.bound.send(ReplayArgs{});
    scene.rig.run();
    scene.rig.revoke("bound");
    CHECK(scene.bound.answer_to(id).status == "busy");
}

TEST_CASE("a retry under narrower bounds gets the outcome, and not the task") {
    Scene scene = bound_to_a();
    const RequestId id = scene.bound.last_id() + 1;
    REQUIRE(scene.bound.ask_as(id, ClaimArgs{"a1", "e"}).status == "ok");
    scene.rig.grant("bound", grant("bound", everything, {"b"}));
    const Answer again = scene.bound.ask_as(id, ClaimArgs{"a1", "e"});
    CHECK(again.status == "ok");
    CHECK(again.number("epoch") > 0);
    CHECK(again.body.at("task").type() != protocol::Type::map);
}

TEST_CASE("a retry of who may not act as that executor any more gets no task") {
    Scene scene(grant("bound", everything, {}, {"web-*"}));
    const RequestId id = scene.bound.last_id() + 1;
    REQUIRE(scene.bound.ask_as(id, ClaimArgs{"a1", "web-1"}).status == "ok");
    REQUIRE(scene.bound.ask_as(id + 1, AcquireArgs{.executor_id = "web-1"}).status == "ok");
    scene.rig.grant("bound", grant("bound", everything, {}, {"db-*"}));
    const Answer again = scene.bound.ask_as(id, ClaimArgs{"a1", "web-1"});
    CHECK(again.body.at("task").type() != protocol::Type::map);
    const Answer acquired = scene.bound.ask_as(id + 1, AcquireArgs{.executor_id = "web-1"});
    CHECK(guids_of(acquired.as<AcquireReply>().tasks).empty());
}

TEST_CASE("intervals and limits change while it serves") {
    Rig rig;
    Client client(rig, "c");
    core::Settings settings;
    settings.limits.tasks = 1;
    settings.converge.every = 1s;
    settings.converge.time_to_claim = 2s;
    rig.broker().set_settings(settings, rig.now());
    CHECK(client.ask(desire("one")).status == "ok");
    CHECK(client.ask(desire("two")).status == "busy");
    rig.pass(4s);
    CHECK(rig.state_of("one") == State::completed);
}

}  // namespace
}  // namespace taskbbs::loop_test
