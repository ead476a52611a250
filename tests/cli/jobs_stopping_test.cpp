// cli/executor/jobs.hpp: SIGTERM and SIGINT, once and twice.
#include "jobs_driving.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;

TEST_CASE("stopped while idle it ends the acquire under way, waits for it and departs") {
    Driven executor;
    executor.asks();
    executor.jobs.stop(Exit::interrupted, executor.now);
    CHECK(executor.asks() == Lines{"end acquire"});
    executor.acquires({});
    CHECK(executor.asks() == Lines{"depart"});
    executor.jobs.departed(Applied{});
    CHECK(executor.jobs.finished());
    CHECK(executor.jobs.exit() == Exit::interrupted);
}

TEST_CASE("it acquires once it is present, and departs at once where it is stopped before") {
    Jobs jobs{{.executor_id = "e"}};
    jobs.tick(Moment{});
    CHECK(jobs.take().empty());
    jobs.stop(Exit::done, Moment{});
    const auto actions = jobs.take();
    REQUIRE_FALSE(actions.empty());
    CHECK(std::holds_alternative<DepartBoard>(actions.back()));
}

TEST_CASE("stopped while a task runs it finishes it and departs") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.jobs.stop(Exit::done, executor.now);
    CHECK(executor.asks().empty());
    executor.ends(1);
    CHECK(executor.asks() == Lines{"complete g 7"});
    executor.jobs.completed(1, Applied{}, executor.now);
    CHECK(executor.asks() == Lines{"release g", "depart"});
}

TEST_CASE("a task that came while it was being stopped is run, not lost") {
    Driven executor;
    executor.asks();
    executor.jobs.stop(Exit::done, executor.now);
    executor.asks();
    executor.acquires({Driven::task("g", 7)});
    CHECK(executor.asks() == Lines{"start g 7"});
}

TEST_CASE("stopped twice it kills what runs, gives it back and departs") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.jobs.stop(Exit::interrupted, executor.now);
    executor.jobs.stop(Exit::interrupted, executor.now);
    CHECK(executor.asks() == Lines{"kill 9"});
    executor.jobs.ended(1, {.result = {.signal = 9}}, executor.now);
    CHECK(executor.asks() == Lines{"reject g 7"});
    executor.jobs.rejected(1, Rejected{}, executor.now);
    CHECK(executor.asks() == Lines{"release g", "depart"});
    executor.jobs.departed(Applied{});
    CHECK(executor.jobs.finished());
    CHECK(executor.jobs.exit() == Exit::interrupted);
}

TEST_CASE("a command that ended by itself before the kill is completed, not given back") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.jobs.stop(Exit::done, executor.now);
    executor.jobs.stop(Exit::done, executor.now);
    executor.asks();
    executor.ends(1, 0);
    CHECK(executor.asks() == Lines{"complete g 7"});
}

TEST_CASE("stopped twice, a task that is not running yet is given back") {
    Driven executor{2};
    executor.asks();
    executor.acquires({Driven::task("a", 7)});
    executor.asks();
    executor.jobs.stop(Exit::done, executor.now);
    executor.jobs.stop(Exit::done, executor.now);
    executor.jobs.started(1, Applied{}, executor.now);
    executor.acquires({Driven::task("b", 9)});
    CHECK(executor.asks() == Lines{"end acquire", "reject a 7", "reject b 9"});
}

TEST_CASE("stopped twice it ends in time, whether the board answers or not") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.jobs.stop(Exit::interrupted, executor.now);
    executor.jobs.stop(Exit::interrupted, executor.now);
    executor.jobs.ended(1, {.result = {.signal = 9}}, executor.now);
    executor.passes(milliseconds{4'999});
    CHECK_FALSE(executor.jobs.finished());
    executor.passes(milliseconds{1});
    CHECK(executor.jobs.finished());
}

TEST_CASE("it ends with 0 only if the board was told, or did not know it") {
    const auto exit_after = [](const Result<Applied>& answer) {
        Driven executor;
        executor.asks();
        executor.jobs.stop(Exit::done, executor.now);
        executor.acquires({});
        executor.jobs.departed(answer);
        return executor.jobs.exit();
    };
    CHECK(exit_after(Applied{}) == Exit::done);
    CHECK(exit_after(Driven::refused(Status::not_found)) == Exit::done);
    CHECK(exit_after(tl::unexpected{Error{.code = Code::timed_out}}) == Exit::unreachable);
    CHECK(exit_after(Driven::unknown()) == Exit::unknown);
}

TEST_CASE("stopped while idle it waits 5 s for a board that does not answer") {
    Driven executor;
    executor.asks();
    executor.jobs.stop(Exit::done, executor.now);
    CHECK(executor.jobs.deadline() == executor.now + milliseconds{5'000});
    executor.passes(milliseconds{5'000});
    CHECK(executor.jobs.finished());
    CHECK(executor.jobs.exit() == Exit::unreachable);
}

TEST_CASE("stopped while idle it waits on for an acquire of a board that has answered") {
    Driven executor;
    executor.asks();
    executor.jobs.stop(Exit::done, executor.now);
    executor.jobs.drain_answered(executor.now);
    executor.passes(milliseconds{10'000});
    CHECK_FALSE(executor.jobs.finished());
    executor.acquires({});
    CHECK(executor.asks() == Lines{"end acquire", "depart"});
}

TEST_CASE("stopped, it takes whatever time its commands need, and then 30 s for their outcomes") {
    Driven executor;
    executor.runs("g", 7, 1);
    executor.jobs.stop(Exit::done, executor.now);
    executor.passes(std::chrono::hours{1});
    CHECK_FALSE(executor.jobs.finished());
    executor.ends(1);
    executor.passes(milliseconds{29'999});
    CHECK_FALSE(executor.jobs.finished());
    executor.passes(milliseconds{1});
    CHECK(executor.jobs.finished());
    CHECK(executor.jobs.exit() == Exit::unreachable);
}
