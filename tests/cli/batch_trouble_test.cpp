// cli/batch/batch.hpp: what fails and is tried anew, and a board that is away, full or another's.
#include "batch_driving.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace taskbbs::cli::batch;

namespace {

// On the board, and nothing asked for.
void add_open(DrivenBatch& run, std::uint64_t number = 1) {
    run.add("a");
    run.desired({number});
    run.asks();
}

void fails(DrivenBatch& run, TaskKey key) {
    run.ends(key);
    run.taken(key, 1);
}

}  // namespace

TEST_CASE("one that failed is tried anew, the new try on the board before the old one leaves") {
    DrivenBatch run{{.retries = 1}};
    add_open(run);
    fails(run, {1});
    CHECK(run.asks() == Asked{"desire 1r1"});
    CHECK(run.tasks[{1, 1}].guid == "n-000001-r1");
    CHECK(run.tasks[{1, 1}].payload == "do a");
    run.desired({1, 1});
    CHECK(run.asks() == Asked{"leave 1"});
    run.left({1});
    run.ends({1, 1});
    run.taken({1, 1});
    CHECK(run.asks() == Asked{"show 1r1 done", "leave 1r1"});
    CHECK(run.batch.exit() == Exit::done);
    CHECK(run.batch.tally().retried == 1);
}

TEST_CASE("one that fails as often as it may is shown as failed, once") {
    DrivenBatch run{{.retries = 1}};
    add_open(run);
    fails(run, {1});
    run.desired({1, 1});
    run.left({1});
    fails(run, {1, 1});
    CHECK(run.asks() == Asked{"show 1r1 failed", "leave 1r1"});
    CHECK(run.batch.tally().failed == 1);
}

TEST_CASE("in order, a task that is tried anew keeps its place") {
    DrivenBatch run{{.retries = 1, .keep_order = true}};
    add_open(run, 1);
    add_open(run, 2);
    fails(run, {1});
    run.ends({2});
    run.desired({1, 1});
    run.ends({1, 1});
    run.taken({1, 1});
    run.taken({2});
    CHECK(run.asks() == Asked{"show 2 done", "leave 2"});
    CHECK(run.batch.tally().done == 2);
}

TEST_CASE("one that somebody cancelled is not tried anew, but has failed") {
    DrivenBatch run{{.retries = 3}};
    add_open(run);
    run.ends({1});
    run.asks();
    Task task{.failed = true, .failure_reason = "cancelled: why"};
    run.batch.taken({1}, Owned{.epoch = 7, .task = task}, run.now);
    CHECK(run.asks() == Asked{"show 1 cancelled", "leave 1"});
    CHECK(run.batch.exit() == Exit::failed);
}

TEST_CASE("a desire that the board takes later is made again") {
    for (const auto& no : {DrivenBatch::refused(Status::read_only),
                           DrivenBatch::refused(Status::busy),
                           DrivenBatch::timed_out(false)}) {
        DrivenBatch run;
        run.add("a");
        run.asks();
        run.batch.desired({1}, no, run.now);
        CHECK(run.asks().empty());
        CHECK(run.batch.deadline() == run.now + Batch::pause);
        run.passes(Batch::pause);
        CHECK(run.asks() == Asked{"desire 1"});
    }
}

TEST_CASE("that the board takes nothing now is said once") {
    DrivenBatch run;
    run.add("a");
    run.add("b");
    run.asks();
    run.batch.desired({1}, DrivenBatch::refused(Status::read_only), run.now);
    run.batch.desired({2}, DrivenBatch::refused(Status::read_only), run.now);
    run.asks();
    CHECK(run.said.size() == 1);
}

TEST_CASE("a desire that may have come through is its own when it is found there") {
    DrivenBatch run;
    run.add("a");
    run.asks();
    run.batch.desired({1}, DrivenBatch::timed_out(true), run.now);
    run.passes(Batch::pause);
    CHECK(run.asks() == Asked{"desire 1"});
    run.batch.desired({1}, DrivenBatch::refused(Status::already_exists), run.now);
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::running, "do a");
    run.ends({1});
    CHECK(run.asks() == Asked{"take 1"});
}

TEST_CASE("a task of another run is left alone, and this run ends") {
    DrivenBatch run;
    add_open(run, 1);
    run.add("b");
    run.asks();
    run.batch.desired({2}, DrivenBatch::refused(Status::already_exists), run.now);
    CHECK(run.asks() == Asked{"cancel 1"});
    CHECK(run.said.at(0).find("another run has this name") != std::string::npos);
    CHECK(run.batch.exit() == Exit::refused);
    CHECK_FALSE(run.batch.wants_line());
}

TEST_CASE("a line that no payload holds fails alone, what no task may be ends the run") {
    DrivenBatch run;
    run.add("a");
    run.asks();
    run.batch.desired({1}, DrivenBatch::refused(Status::too_large), run.now);
    CHECK(run.asks() == Asked{"show 1 failed"});
    CHECK(run.batch.wants_line());
    run.add("b");
    run.asks();
    run.batch.desired({2}, DrivenBatch::refused(Status::denied), run.now);
    CHECK(run.batch.finished());
    CHECK(run.batch.exit() == Exit::denied);
}

TEST_CASE("an outcome that another one has is waited for, and lost where that one keeps it") {
    DrivenBatch run;
    add_open(run);
    run.ends({1});
    run.asks();
    run.batch.taken({1}, DrivenBatch::refused(Status::wrong_state), run.now);
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::resolving, "do a");
    CHECK(run.asks().empty());
    run.passes(Batch::pause);
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::completed, "do a");
    CHECK(run.asks() == Asked{"take 1"});
    run.batch.taken({1}, DrivenBatch::refused(Status::not_found), run.now);
    CHECK(run.asks() == Asked{"show 1 failed"});
    run.batch.input_ended();
    CHECK(run.batch.finished());
}

TEST_CASE("one that was shown so slowly that the board gave it up leaves unseen") {
    DrivenBatch run;
    add_open(run);
    run.ends({1});
    run.taken({1});
    CHECK(run.asks() == Asked{"show 1 done", "leave 1"});
    run.batch.left({1}, DrivenBatch::refused(Status::wrong_state), run.now);
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::completed, "do a");
    CHECK(run.asks() == Asked{"take 1"});
    run.taken({1});
    CHECK(run.asks() == Asked{"leave 1"});
    run.batch.input_ended();
    run.left({1});
    CHECK(run.batch.finished());
    CHECK(run.batch.tally().done == 1);
}

TEST_CASE("where events may have been missed every open task is looked at") {
    DrivenBatch run;
    add_open(run, 1);
    add_open(run, 2);
    run.batch.look_at_all();
    CHECK(run.asks() == Asked{"look 1", "look 2"});
    run.looked({1}, State::running, "do a");
    run.batch.looked({2}, DrivenBatch::refused(Status::not_found), run.now);
    CHECK(run.asks() == Asked{"show 2 failed"});
}

TEST_CASE("no answer is no reason to give up") {
    DrivenBatch run;
    add_open(run);
    run.batch.look_at_all();
    run.batch.looked({1}, DrivenBatch::timed_out(false), run.now);
    run.asks();
    run.passes(Batch::pause);
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::completed, "do a");
    run.asks();
    run.batch.taken({1}, DrivenBatch::timed_out(true), run.now);
    run.passes(Batch::pause);
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::completed, "do a");
    run.taken({1});
    run.asks();
    run.batch.left({1}, DrivenBatch::timed_out(true), run.now);
    run.passes(Batch::pause);
    CHECK(run.asks() == Asked{"look 1"});
    run.batch.looked({1}, DrivenBatch::refused(Status::not_found), run.now);
    run.batch.input_ended();
    CHECK(run.batch.finished());
    CHECK(run.batch.exit() == Exit::done);
}
