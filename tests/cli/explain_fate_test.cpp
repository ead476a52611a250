// cli/explain/fate.hpp: what a task waits for and what becomes of it.
#include "cli/explain/fate.hpp"
#include "explaining.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace std::chrono_literals;

namespace {

// "kick +40s: it is announced again", with the time from now; "?" where no pass is made.
std::vector<std::string> steps_of(const Explained& facts) {
    std::vector<std::string> lines;
    for (const Step& step : fate_of(facts).steps) {
        const auto when =
            step.at ? fmt::format("+{}s",
                                  std::chrono::floor<std::chrono::seconds>(*step.at - now).count())
                    : "?";
        lines.push_back(fmt::format("{} {}: {}", word_of(step.deed), when, step.then));
    }
    return lines;
}

using Steps = std::vector<std::string>;

}  // namespace

TEST_CASE("a task waits for the verb that moves it on, since it came into its state") {
    const auto check = [](State state, std::string_view verb, Time since) {
        CAPTURE(name_of(state));
        CHECK(fate_of(facts_of(state)).waits_for == verb);
        CHECK(fate_of(facts_of(state)).since == since);
    };
    check(State::pending, "claim", now - 60s);
    check(State::claimed, "start", now - 20s);
    check(State::running, "complete", now - 20s);
    check(State::completed, "resolving", now - 40s);
    check(State::resolving, "resolve", now - 20s);
}

TEST_CASE("a delayed task waits for its not_before, and has waited since it was put back") {
    auto facts = facts_of(State::pending);
    facts.task.not_before = facts.task.pending_since = now + 50s;
    facts.fail_at = now + 1h;
    const Fate fate = fate_of(facts);
    CHECK(fate.waits_for == "not_before");
    CHECK(fate.since == now - 20s);
    CHECK(fate.until == now + 50s);
}

TEST_CASE("what is due is done by the first pass from then on") {
    auto facts = facts_of(State::claimed);
    const auto pass_for = [&](Duration due) {
        facts.demote_at = now + due;
        return *fate_of(facts).steps.front().at - now;
    };
    CHECK(pass_for(-5s) == 10s);
    CHECK(pass_for(10s) == 10s);
    CHECK(pass_for(10s + 1ns) == 40s);
    CHECK(pass_for(40s) == 40s);
    CHECK(pass_for(1h) == 3610s);
}

TEST_CASE("the next kick comes first, then what moves the task, and nothing behind that") {
    auto facts = facts_of(State::pending);
    facts.kick_at = now + 10s;
    facts.fail_at = now + 60s;
    facts.kicks = 3;
    CHECK(steps_of(facts) == Steps{"kick +10s: it is announced again, for the 4th time in a row",
                                   "fail +70s: it fails: not claimed within time limit"});
    facts.kick_at = now + 65s;
    CHECK(steps_of(facts) == Steps{"fail +70s: it fails: not claimed within time limit"});
}

TEST_CASE("kicks are counted as people do") {
    auto facts = facts_of(State::pending);
    facts.kick_at = now;
    for (const auto& [kicks, word] : {std::pair{1, "2nd"},
                                      std::pair{2, "3rd"},
                                      std::pair{10, "11th"},
                                      std::pair{12, "13th"},
                                      std::pair{20, "21st"}}) {
        facts.kicks = kicks;
        CHECK(steps_of(facts).front().find(word) != std::string::npos);
    }
}

TEST_CASE("kicks pause while the disk is short") {
    auto facts = facts_of(State::pending);
    facts.kick_at = now;
    facts.read_only = true;
    CHECK(steps_of(facts).empty());
}

TEST_CASE("limits end in the words of the contract") {
    auto running = facts_of(State::running);
    running.fail_at = now;
    CHECK(steps_of(running) == Steps{"fail +10s: it fails: run time limit passed"});
    auto claimed = facts_of(State::claimed);
    claimed.demote_at = now;
    CHECK(steps_of(claimed) == Steps{"demote +10s: it goes back to pending"});
    auto resolving = facts_of(State::resolving);
    resolving.demote_at = now;
    CHECK(steps_of(resolving) == Steps{"demote +10s: it goes back to completed"});
    auto completed = facts_of(State::completed);
    completed.expire_at = now;
    CHECK(steps_of(completed) == Steps{"expire +10s: it is removed, its outcome not taken"});
}

TEST_CASE("an executor that heartbeats is not about to be lost, a silent one is") {
    auto facts = facts_of(State::running);
    CHECK(steps_of(facts).empty());
    facts.owner->expires_at = now;
    facts.owner->lost_at = now + 5s;
    CHECK(steps_of(facts) == Steps{"lose +5s: it fails: executor disappeared before completion"});
    facts.task.on_executor_lost = OnExecutorLost::requeue;
    CHECK(steps_of(facts) == Steps{"lose +5s: it goes back to pending"});
    facts.task.rejection_count = 3;
    CHECK(steps_of(facts) ==
          Steps{"lose +5s: it fails: rejected 4 times: executor disappeared before completion"});
}

TEST_CASE("of an executor that is not present the next pass takes the task, at once if doomed") {
    auto facts = facts_of(State::claimed);
    facts.owner = Owner{.executor_id = "e"};
    facts.demote_at = now + 10s;
    CHECK(steps_of(facts) == Steps{"lose +10s: it fails: executor disappeared before completion"});
    CHECK(fate_of(facts).until == now + 10s);
    facts.doomed = true;
    CHECK(steps_of(facts) == Steps{"lose +0s: it fails: executor disappeared before completion"});
    CHECK(fate_of(facts).waits_for == "executor_lost");
}

TEST_CASE("without passes what is due waits for one that somebody asks for") {
    auto facts = facts_of(State::claimed);
    facts.every = 0ms;
    facts.next_pass_at.reset();
    facts.demote_at = now + 10s;
    CHECK(steps_of(facts) == Steps{"demote ?: it goes back to pending"});
}

TEST_CASE("the lease of an owner is its claim, its run timeout or its resolving") {
    auto facts = facts_of(State::claimed);
    facts.demote_at = now + 1s;
    CHECK(lease_end(facts) == now + 1s);
    facts = facts_of(State::running);
    CHECK_FALSE(lease_end(facts));
    facts.fail_at = now + 2s;
    CHECK(lease_end(facts) == now + 2s);
    facts = facts_of(State::resolving);
    facts.demote_at = now + 3s;
    CHECK(lease_end(facts) == now + 3s);
    facts = facts_of(State::pending);
    facts.fail_at = now + 4s;
    CHECK_FALSE(lease_end(facts));
}
