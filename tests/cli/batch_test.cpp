// cli/batch/batch.hpp: the way of tasks through a batch when nothing goes wrong, and its bounds.
#include "batch_driving.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace taskbbs::cli::batch;

TEST_CASE("a line is desired, awaited, taken, shown and leaves the board") {
    DrivenBatch run;
    run.add("a");
    CHECK(run.asks() == Asked{"desire 1"});
    run.desired({1});
    CHECK(run.asks().empty());
    run.ends({1});
    CHECK(run.asks() == Asked{"take 1"});
    run.taken({1});
    CHECK(run.asks() == Asked{"show 1 done", "leave 1"});
    run.batch.input_ended();
    CHECK_FALSE(run.batch.finished());
    run.left({1});
    CHECK(run.batch.finished());
    CHECK(run.batch.exit() == Exit::done);
    CHECK(run.batch.tally() == Tally{.total = 1, .has_total = true, .done = 1});
}

TEST_CASE("a task carries all that it takes to pick it up") {
    DrivenBatch run{{.task = {.domain = "d", .stack = "s", .run_timeout = milliseconds{5}},
                     .retries = 2,
                     .keep_order = true}};
    run.add("a");
    run.asks();
    const Task& task = run.tasks[{1}];
    CHECK(task.guid == "n-000001");
    CHECK(task.type == task_type);
    CHECK(task.domain == "d");
    CHECK(task.stack == "s");
    CHECK(task.run_timeout == milliseconds{5});
    CHECK(task.payload == "do a");
    const auto note = note_in(task.annotation);
    CHECK(note.run == "n");
    CHECK(note.number == 1);
    CHECK(note.retries == 2);
    CHECK(note.keep_order);
    CHECK(line_in(task.annotation) == "a");
}

TEST_CASE("no input: nothing to do, and that is well") {
    DrivenBatch run;
    CHECK(run.batch.wants_line());
    run.batch.input_ended();
    CHECK(run.batch.finished());
    CHECK_FALSE(run.batch.wants_line());
    CHECK(run.batch.exit() == Exit::done);
}

TEST_CASE("one that failed makes the run fail, the others go on") {
    DrivenBatch run;
    run.add("a");
    run.add("b");
    for (const std::uint64_t number : {1, 2}) {
        run.desired({number});
        run.ends({number});
        run.taken({number}, number == 1 ? 3 : 0);
    }
    CHECK(run.asks() == Asked{"show 2 done", "leave 2"});
    CHECK(run.batch.exit() == Exit::failed);
    CHECK(run.batch.tally().failed == 1);
    CHECK(run.batch.tally().done == 1);
}

TEST_CASE("outcomes are shown as they come, or in the order of the lines") {
    for (const bool keep_order : {false, true}) {
        DrivenBatch run{{.keep_order = keep_order}};
        for (const std::uint64_t number : {1, 2, 3}) {
            run.add("x");
            run.desired({number});
        }
        run.ends({3});
        run.ends({2});
        const Asked both{"take 3", "take 2"};
        CHECK(run.asks() == (keep_order ? Asked{} : both));
        run.ends({1});
        CHECK(run.asks() == (keep_order ? Asked{"take 1", "take 2", "take 3"} : Asked{"take 1"}));
        run.taken({2});
        CHECK(run.asks() == (keep_order ? Asked{} : Asked{"show 2 done", "leave 2"}));
        run.taken({1});
        const Asked in_order{"show 1 done", "leave 1", "show 2 done", "leave 2"};
        CHECK(run.asks() == (keep_order ? in_order : Asked{"show 1 done", "leave 1"}));
    }
}

TEST_CASE("no more tasks than asked for are on the board at once, until they have left it") {
    DrivenBatch run{{.jobs = 2}};
    run.add("a");
    CHECK(run.batch.wants_line());
    run.add("b");
    CHECK_FALSE(run.batch.wants_line());
    run.desired({1});
    run.ends({1});
    run.taken({1});
    CHECK_FALSE(run.batch.wants_line());
    run.left({1});
    CHECK(run.batch.wants_line());
}

TEST_CASE("in order, what has ended behind a slow one makes room, up to a bound") {
    DrivenBatch run{{.jobs = 2, .keep_order = true}};
    run.add("slow");
    run.desired({1});
    std::uint64_t number = 2;
    for (; run.batch.wants_line(); ++number) {
        REQUIRE(number <= Batch::most_ended + 10);
        run.add("fast");
        run.desired({number});
        run.ends({number});
    }
    CHECK(number - 1 == Batch::most_ended + 2);
    run.ends({1});
    for (std::uint64_t next = 1; next < number; ++next) {
        run.taken({next});
        run.left({next});
    }
    CHECK(run.batch.wants_line());
}

TEST_CASE("outcomes are taken a few at a time, and fewer where they are large") {
    const auto takes = [](std::int64_t bytes) {
        DrivenBatch run;
        for (std::uint64_t number = 1; number <= 200; ++number) {
            run.add("x");
            run.desired({number});
        }
        for (std::uint64_t number = 1; number <= 200; ++number) {
            run.ends({number}, bytes);
        }
        return run.asks().size();
    };
    CHECK(takes(10) == Batch::most_taken);
    CHECK(takes(Batch::most_bytes / 4) == 4);
    CHECK(takes(Batch::most_bytes * 2) == 1);
}

TEST_CASE("lines that are not on the board yet are few bytes") {
    DrivenBatch run;
    const std::string line(1 << 20, 'x');
    int added = 0;
    for (; run.batch.wants_line(); ++added) {
        run.add(line);
    }
    CHECK(added <= 16);
    run.desired({1});
    CHECK(run.batch.wants_line());
}

TEST_CASE("what is handed over is forgotten once it is on the board") {
    DrivenBatch run{{.mode = Mode::hand_over, .jobs = 1}};
    run.add("a");
    run.add("b");
    run.batch.input_ended();
    CHECK(run.asks() == Asked{"desire 1", "desire 2"});
    run.desired({2});
    CHECK_FALSE(run.batch.finished());
    run.desired({1});
    CHECK(run.batch.finished());
    CHECK(run.batch.tally().handed_over == 2);
}

TEST_CASE("an end that is told before the desire is answered is not missed") {
    DrivenBatch run;
    run.add("a");
    run.ends({1});
    run.desired({1});
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::completed, "do a");
    CHECK(run.asks() == Asked{"take 1"});
}

TEST_CASE("an end that is told while the board is asked is not missed") {
    DrivenBatch run;
    run.add("a");
    run.desired({1});
    run.batch.look_at_all();
    CHECK(run.asks() == Asked{"look 1"});
    run.ends({1});
    run.looked({1}, State::running, "do a");
    CHECK(run.asks() == Asked{"look 1"});
    run.looked({1}, State::completed, "do a");
    CHECK(run.asks() == Asked{"take 1"});
}

TEST_CASE("an end that is told again, or of another run, changes nothing") {
    DrivenBatch run;
    run.add("a");
    run.desired({1});
    run.ends({1});
    CHECK(run.asks() == Asked{"take 1"});
    run.ends({1});
    run.batch.completed({.guid = "other-000001"});
    run.ends({2});
    CHECK(run.asks().empty());
}
