// cli/executor/jobs.hpp: the run timeout, and payloads that are no command lines.
#include "jobs_driving.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace std::chrono_literals;

namespace {

Driven limited_to(milliseconds run_timeout) {
    return Driven{JobsOptions{.executor_id = "e", .grace = 10s, .run_timeout = run_timeout}};
}

}  // namespace

TEST_CASE("a command that runs too long is told to end, then killed after the grace, and fails") {
    auto executor = limited_to(60s);
    executor.runs("g", 7, 1);
    CHECK(executor.jobs.deadline() == executor.now + 60s);
    executor.passes(59s);
    CHECK(executor.asks().empty());
    executor.passes(1s);
    CHECK(executor.asks() == Lines{"kill 15"});
    executor.passes(10s);
    CHECK(executor.asks() == Lines{"kill 9"});
    executor.jobs.ended(1, {.result = {.signal = SIGKILL}}, executor.now);
    CHECK(executor.asks() ==
          Lines{"complete g 7: ran longer than --run-timeout 60s, killed by signal 9"});
}

TEST_CASE("the run timeout counts from when the command runs") {
    auto executor = limited_to(60s);
    executor.acquires({Driven::task("g", 7)});
    executor.passes(59s);
    executor.jobs.started(1, Applied{}, executor.now);
    executor.asks();
    executor.passes(59s);
    CHECK(executor.asks().empty());
}

TEST_CASE("a command that ends in time is not touched, nor is anything without a run timeout") {
    auto executor = limited_to(60s);
    executor.runs("g", 7, 1);
    executor.ends(1);
    CHECK(executor.asks() == Lines{"complete g 7"});
    executor.passes(100s);
    CHECK(executor.asks().empty());
    Driven endless;
    endless.runs("g", 7, 1);
    endless.passes(1000h);
    CHECK(endless.asks().empty());
}

TEST_CASE("a task that is lost during its grace is killed when that is over, no later") {
    auto executor = limited_to(60s);
    executor.runs("g", 7, 1);
    executor.passes(60s);
    executor.passes(5s);
    executor.asks();
    executor.jobs.stale("g", executor.now);
    CHECK(executor.asks().empty());
    executor.passes(5s);
    CHECK(executor.asks() == Lines{"kill 9"});
}

TEST_CASE("a second stop kills what runs too long at once, and it fails all the same") {
    auto executor = limited_to(60s);
    executor.runs("g", 7, 1);
    executor.passes(60s);
    executor.asks();
    executor.jobs.stop(Exit::done, executor.now);
    executor.jobs.stop(Exit::done, executor.now);
    CHECK(executor.asks() == Lines{"kill 9"});
    executor.jobs.ended(1, {.result = {.signal = SIGKILL}}, executor.now);
    CHECK(executor.asks() ==
          Lines{"complete g 7: ran longer than --run-timeout 60s, killed by signal 9"});
}

TEST_CASE("what a program gets may be long and hold any byte") {
    Driven executor{JobsOptions{.executor_id = "e", .form = ResultForm::plain}};
    auto task = Driven::task("g", 7);
    task.payload = std::string(200'000, '\0');
    executor.acquires({task});
    executor.asks();
    executor.jobs.started(1, Applied{}, executor.now);
    CHECK(executor.asks() == Lines{"run " + task.payload});
}

TEST_CASE("a plain result is reported as it was written") {
    Driven executor{JobsOptions{.executor_id = "e", .form = ResultForm::plain}};
    executor.runs("g", 7, 1);
    executor.jobs.ended(1, {.result = {.exit = 0, .out = "out"}}, executor.now);
    const auto actions = executor.jobs.take();
    const auto& complete = std::get<CompleteTask>(actions.back());
    CHECK(complete.args.result == "out");
    CHECK_FALSE(complete.args.failed);
}
