// cli/executor/jobs.hpp: jobs that the board takes away.
#include "jobs_driving.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;

TEST_CASE("a stale job is ended with SIGTERM, and with SIGKILL after the grace") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.jobs.stale("g", executor.now);
    CHECK(executor.asks() == Lines{"kill 15"});
    executor.passes(milliseconds{9'999});
    CHECK(executor.asks().empty());
    executor.passes(milliseconds{1});
    CHECK(executor.asks() == Lines{"kill 9"});
}

TEST_CASE("nothing is said to the board about a stale job, and its slot is free once it is gone") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.jobs.stale("g", executor.now);
    CHECK(executor.asks() == Lines{"kill 15"});
    executor.ends(1);
    CHECK(executor.asks() == Lines{"release g", "acquire 1"});
    CHECK_FALSE(executor.jobs.deadline());
}

TEST_CASE("a job that is stale before it runs never runs") {
    Driven executor;
    executor.asks();
    executor.acquires({Driven::task("g", 7)});
    executor.asks();
    executor.jobs.stale("g", executor.now);
    CHECK(executor.asks() == Lines{"release g", "acquire 1"});
    executor.jobs.started(1, Applied{}, executor.now);
    CHECK(executor.asks().empty());
}

TEST_CASE("a job that its own outcome made stale waits for the answer to that outcome") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.ends(1);
    executor.asks();
    executor.jobs.stale("g", executor.now);
    CHECK(executor.asks().empty());
    executor.jobs.completed(1, Applied{}, executor.now);
    CHECK(executor.asks() == Lines{"release g", "acquire 1"});
}

TEST_CASE("an outcome that is refused is dropped") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.ends(1);
    executor.asks();
    executor.jobs.completed(1, Driven::refused(Status::not_owner), executor.now);
    CHECK(executor.asks() == Lines{"release g", "acquire 1"});
}

TEST_CASE("a guid that comes back runs only after its former process is gone") {
    Driven executor{2};
    executor.runs("g", 7, 1);
    executor.acquires({Driven::task("g", 9)});
    CHECK(executor.asks() == Lines{"kill 15"});
    executor.ends(1);
    // Held under its new epoch: it is not released.
    CHECK(executor.asks() == Lines{"start g 9", "acquire 1"});
    executor.jobs.started(2, Applied{}, executor.now);
    CHECK(executor.asks() == Lines{"run do g"});
}

TEST_CASE("of two jobs of a guid the newer one is meant by stale") {
    Driven executor{2};
    executor.runs("g", 7, 1);
    executor.acquires({Driven::task("g", 9)});
    executor.asks();
    executor.jobs.stale("g", executor.now);
    CHECK(executor.asks() == Lines{"acquire 1"});
    executor.ends(1);
    CHECK(executor.asks() == Lines{"release g"});
}

TEST_CASE("an executor whose place is gone kills what runs, says nothing and ends") {
    Driven executor{2};
    executor.runs("a", 7, 1);
    executor.jobs.expelled(Exit::refused, "superseded", executor.now);
    CHECK(executor.asks() == Lines{"kill 15"});
    CHECK_FALSE(executor.jobs.finished());
    executor.ends(1);
    CHECK(executor.asks() == Lines{"release a"});
    CHECK(executor.jobs.finished());
    CHECK(executor.jobs.exit() == Exit::refused);
}
