// cli/batch/batch.hpp: a batch that is stopped, resumed or picked up.
#include "batch_driving.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace taskbbs::cli::batch;

namespace {

void cancels(DrivenBatch& run, TaskKey key) {
    run.asks();
    run.batch.cancelled(key, Applied{}, run.now);
}

void taken_cancelled(DrivenBatch& run, TaskKey key) {
    run.asks();
    const Task task{.failed = true, .failure_reason = "cancelled: " + std::string{stopped_reason}};
    run.batch.taken(key, Owned{.epoch = 7, .task = task}, run.now);
}

}  // namespace

TEST_CASE("stopped, it cancels what is open, shows what had ended and adds nothing") {
    DrivenBatch run;
    for (const std::uint64_t number : {1, 2, 3}) {
        run.add("x");
        if (number < 3) {
            run.desired({number});
        }
    }
    run.ends({2});
    run.asks();
    run.batch.stop(Exit::interrupted, run.now);
    CHECK(run.asks() == Asked{"cancel 1"});
    CHECK_FALSE(run.batch.wants_line());
    run.desired({3});
    CHECK(run.asks() == Asked{"cancel 3"});
    run.taken({2});
    CHECK(run.asks() == Asked{"show 2 done", "leave 2"});
    cancels(run, {1});
    CHECK(run.asks() == Asked{"take 1"});
    taken_cancelled(run, {1});
    CHECK(run.asks() == Asked{"show 1 cancelled", "leave 1"});
    run.left({1});
    run.left({2});
    cancels(run, {3});
    taken_cancelled(run, {3});
    run.left({3});
    CHECK(run.batch.finished());
    CHECK(run.batch.exit() == Exit::interrupted);
    CHECK(run.batch.tally().cancelled == 2);
}

TEST_CASE("stopped, nothing is tried anew, and one that ended first is no cancelled one") {
    DrivenBatch run{{.retries = 5}};
    run.add("x");
    run.desired({1});
    run.batch.stop(Exit::interrupted, run.now);
    run.asks();
    run.batch.cancelled({1}, DrivenBatch::refused(Status::wrong_state), run.now);
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::completed, "do x");
    run.taken({1}, 1);
    CHECK(run.asks() == Asked{"show 1 failed", "leave 1"});
}

TEST_CASE("stopped, a task that never came to the board is cancelled, its earlier try leaves") {
    DrivenBatch run{{.retries = 1}};
    run.add("x");
    run.desired({1});
    run.ends({1});
    run.taken({1}, 1);
    run.asks();
    run.batch.desired({1, 1}, DrivenBatch::refused(Status::read_only), run.now);
    run.batch.stop(Exit::interrupted, run.now);
    CHECK(run.asks() == Asked{"look 1r1"});
    run.batch.looked({1, 1}, DrivenBatch::refused(Status::not_found), run.now);
    CHECK(run.asks() == Asked{"leave 1", "show 1r1 cancelled"});
    run.left({1});
    CHECK(run.batch.finished());
}

TEST_CASE("stopped again, it does nothing twice") {
    DrivenBatch run;
    run.add("x");
    run.desired({1});
    run.batch.stop(Exit::interrupted, run.now);
    run.batch.stop(Exit::unwritable, run.now);
    CHECK(run.asks() == Asked{"cancel 1"});
    CHECK(run.batch.exit() == Exit::interrupted);
}

TEST_CASE("resumed, what is on the board is taken over, not put there twice") {
    DrivenBatch run{{.resumed = true}};
    run.found({1}, State::running);
    run.found({3}, State::completed);
    run.add("a");
    run.add("b");
    run.add("c");
    CHECK(run.asks() == Asked{"look 1", "desire 2", "look 3"});
    run.looked({1}, State::running, "do a");
    run.looked({3}, State::completed, "do c");
    CHECK(run.asks() == Asked{"take 3"});
    run.ends({1});
    CHECK(run.asks() == Asked{"take 1"});
}

TEST_CASE("resumed, a task with another command is left alone, and the run ends") {
    DrivenBatch run{{.resumed = true}};
    run.found({1}, State::running);
    run.add("a");
    run.looked({1}, State::running, "do something else");
    CHECK(run.asks().empty());
    CHECK(run.said.at(0).find("another command") != std::string::npos);
    CHECK(run.batch.exit() == Exit::refused);
    CHECK(run.batch.finished());
}

TEST_CASE("resumed, the newest try counts, and an older one goes unseen") {
    DrivenBatch run{{.resumed = true}};
    run.found({1, 1}, State::running);
    run.found({1, 0}, State::resolving);
    CHECK(run.asks() == Asked{"leave 1 without epoch"});
    run.left({1, 0});
    run.add("a");
    CHECK(run.asks() == Asked{"look 1r1"});
}

TEST_CASE("resumed, what is done is passed by, and its remains on the board go unseen") {
    DrivenBatch run{{.resumed = true}};
    run.found({1}, State::resolving);
    run.found({2}, State::completed);
    for (int number = 1; number <= 3; ++number) {
        run.batch.skip(run.now);
    }
    run.batch.input_ended();
    CHECK(run.asks() == Asked{"leave 1 without epoch", "take 2"});
    run.left({1});
    run.batch.taken({2}, Owned{.epoch = 7, .task = Task{}}, run.now);
    CHECK(run.asks() == Asked{"leave 2"});
    run.left({2});
    CHECK(run.batch.finished());
    CHECK(run.batch.tally() == Tally{.total = 3, .has_total = true, .skipped = 3});
}

TEST_CASE("resumed, what the interrupted run had cancelled is run after all") {
    for (const bool resumed : {true, false}) {
        DrivenBatch run{{.resumed = resumed}};
        run.add("a");
        run.desired({1});
        run.ends({1});
        taken_cancelled(run, {1});
        CHECK(run.asks() == (resumed ? Asked{"desire 1r1"} : Asked{"show 1 cancelled", "leave 1"}));
    }
}

TEST_CASE("resumed with less input, the rest on the board is told of and left there") {
    DrivenBatch run{{.resumed = true}};
    run.found({1}, State::running);
    run.batch.input_ended();
    CHECK(run.asks().empty());
    CHECK(run.said.at(0) == "1 tasks of an earlier input are still on the board: taskbbs wait n");
    CHECK(run.batch.finished());
}

TEST_CASE("picked up, everything that is there is waited for and shown") {
    DrivenBatch run{{.mode = Mode::pick_up}};
    run.found({2}, State::completed);
    run.found({1}, State::pending);
    run.found({3}, State::resolving);
    run.batch.pick_up(run.now);
    CHECK(run.batch.tally().total == 3);
    CHECK(run.asks() == Asked{"take 2"});
    run.ends({1});
    CHECK(run.asks() == Asked{"take 1"});
    run.passes(Batch::pause);
    CHECK(run.asks() == Asked{"look 3"});
}

TEST_CASE("picked up by two, what the other one took is no failure, and not known") {
    DrivenBatch run{{.mode = Mode::pick_up}};
    run.found({1}, State::completed);
    run.found({2}, State::resolving);
    run.batch.pick_up(run.now);
    run.taken({1});
    CHECK(run.asks() == Asked{"show 1 done", "leave 1"});
    run.left({1});
    run.passes(Batch::pause);
    run.batch.looked({2}, DrivenBatch::refused(Status::not_found), run.now);
    CHECK(run.asks() == Asked{"look 2"});
    CHECK(run.batch.finished());
    CHECK(run.batch.tally().done == 1);
    CHECK(run.batch.tally().elsewhere == 1);
    CHECK(run.batch.exit() == Exit::unknown);
}

TEST_CASE("picked up, what fails is tried anew as it was meant by the one who began") {
    DrivenBatch run{{.mode = Mode::pick_up}};
    run.found({1}, State::completed);
    run.batch.pick_up(run.now);
    run.tasks[{1}].annotation = annotation_of({.run = "n", .number = 1, .retries = 1}, "a");
    run.taken({1}, 1);
    CHECK(run.asks() == Asked{"desire 1r1"});
    run.tasks[{1, 1}] = run.tasks[{1}];
    run.desired({1, 1});
    run.ends({1, 1});
    run.taken({1, 1}, 1);
    CHECK(run.asks() == Asked{"show 1r1 failed", "leave 1r1"});
}

TEST_CASE("picked up and stopped, what is open stays, what was taken is shown and leaves") {
    DrivenBatch run{{.mode = Mode::pick_up}};
    run.found({1}, State::running);
    run.found({2}, State::completed);
    run.found({3}, State::resolving);
    run.batch.pick_up(run.now);
    run.batch.stop(Exit::interrupted, run.now);
    CHECK(run.asks() == Asked{"take 2"});
    run.taken({2});
    CHECK(run.asks() == Asked{"show 2 done", "leave 2"});
    run.left({2});
    CHECK(run.batch.finished());
    CHECK(run.batch.exit() == Exit::interrupted);
}
