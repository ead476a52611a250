// cli/executor/jobs.hpp: the ordinary life of a job, and what can't be known.
#include "jobs_driving.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;

TEST_CASE("a task is acquired, started, run, completed and released, in this order") {
    Driven executor;
    CHECK(executor.asks() == Lines{"acquire 1"});
    executor.acquires({Driven::task("g", 7)});
    CHECK(executor.asks() == Lines{"start g 7"});
    executor.jobs.started(1, Applied{}, executor.now);
    CHECK(executor.asks() == Lines{"run do g"});
    executor.ends(1);
    CHECK(executor.asks() == Lines{"complete g 7"});
    executor.jobs.completed(1, Applied{}, executor.now);
    CHECK(executor.asks() == Lines{"release g", "acquire 1"});
}

TEST_CASE("as many as there are slots are asked for, one acquire at a time") {
    Driven executor{3};
    CHECK(executor.asks() == Lines{"acquire 3"});
    executor.acquires({Driven::task("a", 1), Driven::task("b", 2)});
    CHECK(executor.asks() == Lines{"start a 1", "start b 2", "acquire 1"});
    executor.jobs.started(1, Applied{}, executor.now);
    executor.ends(1);
    executor.jobs.completed(1, Applied{}, executor.now);
    CHECK(executor.asks() == Lines{"run do a", "complete a 1", "release a"});
    executor.acquires({Driven::task("c", 3)});
    CHECK(executor.asks() == Lines{"start c 3", "acquire 1"});
}

TEST_CASE("what is free is the total less what all jobs need") {
    Driven executor{2, Resources{.memory_mb = 100}};
    executor.asks();
    auto task = Driven::task("g", 1);
    task.memory_mb = 30;
    task.disk_mb = 5;
    executor.acquires({task});
    const auto actions = executor.jobs.take();
    const auto& acquire = std::get<AcquireTasks>(actions.back());
    CHECK(acquire.free == Resources{.memory_mb = 70});
}

TEST_CASE("an exit status other than 0 and a signal fail the task, with the reason") {
    for (const auto& [result, reason] :
         {std::pair{CommandResult{.exit = 3}, ": exit status 3"},
          std::pair{CommandResult{.signal = 9}, ": killed by signal 9"},
          std::pair{CommandResult{.exit = 0}, ""}}) {
        Driven executor;
        executor.runs("g", 7, 1);
        executor.jobs.ended(1, {.result = result}, executor.now);
        CHECK(executor.asks() == Lines{std::string{"complete g 7"} + reason});
    }
}

TEST_CASE("a payload that can't be a command line fails its task without running") {
    for (const auto& payload :
         {std::string{"a\0b", 3}, std::string(Jobs::longest_command + 1, 'x')}) {
        Driven executor;
        executor.asks();
        auto task = Driven::task("g", 7);
        task.payload = payload;
        executor.acquires({task});
        executor.jobs.started(1, Applied{}, executor.now);
        const auto lines = executor.asks();
        REQUIRE(lines.size() == 2);
        CHECK(lines[1].starts_with("complete g 7: the payload is"));
    }
}

TEST_CASE("the result is the map of a command, of one that was not run too") {
    const auto result_of = [](const Ending& ending) {
        Driven executor;
        executor.runs("g", 7, 1);
        executor.jobs.ended(1, ending, executor.now);
        const auto actions = executor.jobs.take();
        return unpack_result(std::get<CompleteTask>(actions.back()).args.result);
    };
    const CommandResult ran{.exit = 3, .out = "out", .err = "err"};
    CHECK(result_of({.result = ran}) == ran);
    CHECK(result_of(not_run("why")) == CommandResult{.err = "why"});
}

TEST_CASE("a task whose start is refused is not run") {
    for (const auto status : {Status::not_owner, Status::wrong_state, Status::not_found}) {
        Driven executor;
        executor.asks();
        executor.acquires({Driven::task("g", 7)});
        executor.asks();
        executor.jobs.started(1, Driven::refused(status), executor.now);
        CHECK(executor.asks() == Lines{"release g", "acquire 1"});
    }
}

TEST_CASE("a task whose start is unknown runs only once it is known to be ours") {
    Driven executor;
    executor.asks();
    executor.acquires({Driven::task("g", 7)});
    executor.asks();
    executor.jobs.started(1, Driven::unknown(), executor.now);
    CHECK(executor.asks() == Lines{"look g"});

    SECTION("running under our epoch: run it") {
        executor.jobs.looked(1, Driven::found(State::running, 7), executor.now);
        CHECK(executor.asks() == Lines{"run do g"});
    }
    SECTION("claimed under our epoch: start it again") {
        executor.jobs.looked(1, Driven::found(State::claimed, 7), executor.now);
        CHECK(executor.asks() == Lines{"start g 7"});
    }
    SECTION("under another epoch: drop it") {
        executor.jobs.looked(1, Driven::found(State::running, 8), executor.now);
        CHECK(executor.asks() == Lines{"release g", "acquire 1"});
    }
    SECTION("another executor's: drop it") {
        executor.jobs.looked(1, Driven::found(State::running, 7, "other"), executor.now);
        CHECK(executor.asks() == Lines{"release g", "acquire 1"});
    }
    SECTION("gone: drop it") {
        executor.jobs.looked(1, Driven::refused(Status::not_found), executor.now);
        CHECK(executor.asks() == Lines{"release g", "acquire 1"});
    }
    SECTION("no answer: ask again, run nothing") {
        executor.jobs.looked(1, Driven::unknown(), executor.now);
        CHECK(executor.asks().empty());
        executor.passes(Jobs::pause);
        CHECK(executor.asks() == Lines{"look g"});
    }
}

TEST_CASE("an outcome whose fate is unknown is reported again if the task still runs") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.ends(1, 3);
    executor.asks();
    executor.jobs.completed(1, Driven::unknown(), executor.now);
    CHECK(executor.asks().empty());
    executor.passes(Jobs::pause);
    CHECK(executor.asks() == Lines{"look g"});

    SECTION("still running: again") {
        executor.jobs.looked(1, Driven::found(State::running, 7), executor.now);
        CHECK(executor.asks() == Lines{"complete g 7: exit status 3"});
    }
    SECTION("completed: done") {
        executor.jobs.looked(1, Driven::found(State::completed, 0), executor.now);
        CHECK(executor.asks() == Lines{"release g", "acquire 1"});
    }
}

TEST_CASE("a result that is too large for the broker is reported without its outputs") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.jobs.ended(1, {.result = {.exit = 0, .out = "long"}}, executor.now);
    executor.asks();
    executor.jobs.completed(1, Driven::refused(Status::too_large), executor.now);
    const auto actions = executor.jobs.take();
    const auto& again = std::get<CompleteTask>(actions.back());
    CHECK(unpack_result(again.args.result) == CommandResult{.exit = 0, .truncated = true});
}

TEST_CASE("an acquire that comes back empty at once is not repeated at once") {
    Driven executor;
    executor.asks();
    executor.passes(milliseconds{10});
    executor.acquires({});
    CHECK(executor.asks().empty());
    REQUIRE(executor.jobs.deadline() == executor.now - milliseconds{10} + Jobs::pause);
    executor.passes(Jobs::pause);
    CHECK(executor.asks() == Lines{"acquire 1"});
    executor.passes(milliseconds{10'000});
    executor.acquires({});
    CHECK(executor.asks() == Lines{"acquire 1"});
}

TEST_CASE("nothing is acquired while the board drains this executor") {
    Driven executor;
    executor.asks();
    executor.jobs.draining(true, executor.now);
    executor.passes(Jobs::pause);
    executor.acquires({});
    CHECK(executor.asks().empty());
    executor.jobs.draining(false, executor.now);
    CHECK(executor.asks() == Lines{"acquire 1"});
}
