// cli/explain/report.hpp: the words and the document.
#include "cli/explain/report.hpp"
#include "explaining.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace std::chrono_literals;

TEST_CASE("a pending task in words") {
    auto facts = facts_of(State::pending);
    facts.task.memory_mb = 100;
    facts.task.rejection_count = 1;
    facts.task.rejection_reason = "disk\nfull";
    facts.kick_at = now + 5s;
    facts.fail_at = now + 1740s;
    Offers offers{facts.task};
    offers.add({.executor_id = "e1", .expires_in = 1s, .stacks = {"x"}});
    CHECK(explained_in_words(facts, &offers) ==
          "g is pending: it waits for an executor to claim it\n"
          "  since       2023-11-14T22:12:20.000Z (1m 0s ago)\n"
          "  until       2023-11-14T22:42:20.000Z (in 29m 0s), then it fails: not claimed within "
          "time limit\n"
          "  rejected    1 times of 3 allowed, the last time: disk\\nfull\n"
          "  needs       stack s, domain default, 100 MB of memory\n"
          "  offers      nobody offers stack s now\n"
          "  executors   1 present: 0 could take it, 1 of other stack\n"
          "              e1: of stack x\n"
          "  owner       nobody\n"
          "  next        at 2023-11-14T22:13:30.000Z (in 10s): it is announced again\n"
          "  then        at 2023-11-14T22:42:30.000Z (in 29m 10s): it fails: not claimed within "
          "time limit\n"
          "  passes      every 30s, the next at 2023-11-14T22:13:30.000Z (in 10s)\n");
}

TEST_CASE("a running task in words") {
    CHECK(explained_in_words(facts_of(State::running), nullptr) ==
          "g is running: it waits for executor e to complete it\n"
          "  since       2023-11-14T22:13:00.000Z (20s ago)\n"
          "  until       no time limit is set\n"
          "  owner       executor e under epoch 7\n"
          "  lease       without a run time limit, as long as the executor heartbeats\n"
          "  presence    of e lasts without a heartbeat until 2023-11-14T22:13:35.000Z (in 15s); "
          "then it is lost at 2023-11-14T22:13:40.000Z (in 20s)\n"
          "  next        convergence has nothing to do with it as it is\n"
          "  passes      every 30s, the next at 2023-11-14T22:13:30.000Z (in 10s)\n");
}

TEST_CASE("the brake, a short disk and the absence of passes are told in words") {
    auto facts = facts_of(State::claimed);
    facts.owner->held = true;
    facts.brake = true;
    facts.read_only = true;
    facts.next_pass_at.reset();
    facts.demote_at = now;
    const auto words = explained_in_words(facts, nullptr);
    for (const auto* part : {"held until then by the brake",
                             "\n  brake ",
                             "\n  read only ",
                             "no passes are made unless asked for"}) {
        CAPTURE(part, words);
        CHECK(words.find(part) != std::string::npos);
    }
}

TEST_CASE("the document says the same in numbers") {
    auto facts = facts_of(State::pending);
    facts.fail_at = now + 10s;
    Offers offers{facts.task};
    offers.add({.executor_id = "e1", .expires_in = 1s, .draining = true, .stacks = {"s"}});
    const Json json = explained_as_json(facts, &offers);
    const auto ns = [](Time time) { return time.time_since_epoch().count(); };
    CHECK(json["waits_for"] == "claim");
    CHECK(json["since"] == ns(now - 60s));
    CHECK(json["until"] == ns(now + 10s));
    CHECK(json["owner"].is_null());
    CHECK(json["offers"]["present"] == 1);
    CHECK(json["offers"]["draining"] == 1);
    CHECK(json["offers"]["missing"].empty());
    CHECK(json["offers"]["examples"][0]["obstacles"] == Json::array({"draining"}));
    CHECK(json["next"][0]["action"] == "fail");
    CHECK(json["next"][0]["at"] == ns(now + 10s));
    CHECK(json["every_ms"] == 30'000);
}

TEST_CASE("the document names the owner and its leases, a requester is known by its epoch alone") {
    auto facts = facts_of(State::running);
    facts.fail_at = now + 60s;
    const Json owner = explained_as_json(facts, nullptr)["owner"];
    CHECK(owner["role"] == "executor");
    CHECK(owner["executor_id"] == "e");
    CHECK(owner["lease_ends_at"] == (now + 60s).time_since_epoch().count());
    CHECK(owner["presence_ends_at"] == (now + 15s).time_since_epoch().count());
    CHECK(explained_as_json(facts, nullptr)["offers"].is_null());
    CHECK(explained_as_json(facts_of(State::resolving), nullptr)["owner"]["role"] == "requester");
}
