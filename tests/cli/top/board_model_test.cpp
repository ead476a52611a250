// cli/top/board_model.hpp: what is known of the board, and pictures of it.
#include "cli/top/board_model.hpp"

#include "tests/cli/top/boards.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {
namespace {

std::vector<std::string> guids_of(const Picture& picture) {
    std::vector<std::string> guids;
    for (const TaskRow& row : picture.tasks) {
        guids.push_back(row.guid);
    }
    return guids;
}

Picture picture_at(const BoardModel& model, Time now) {
    return model.picture({}, now);
}

}  // namespace

TEST_CASE("tasks count in the state that their last event left them in") {
    auto model = watching_model();
    model.happened(event_of(task_in(State::pending, "a", 1, noon), Kind::desired));
    model.happened(event_of(task_in(State::pending, "b", 2, noon), Kind::desired));
    model.happened(event_of(owned(State::claimed, "a", "e", 3, noon + 1s), Kind::claimed));
    auto picture = picture_at(model, noon + 5s);
    CHECK(row_of(picture, State::pending).tasks == 1);
    CHECK(row_of(picture, State::claimed).tasks == 1);
    model.happened(event_of(owned(State::running, "a", "e", 4, noon + 2s), Kind::started));
    model.happened(event_of(task_in(State::completed, "a", 5, noon + 3s), Kind::completed));
    model.happened(event_of(task_in(State::resolving, "a", 6, noon + 4s), Kind::resolving));
    model.happened(event_of(task_in(State::resolved, "a", 7, noon + 5s), Kind::resolved));
    picture = picture_at(model, noon + 5s);
    CHECK(picture.held == 1);
    CHECK(row_of(picture, State::pending).tasks == 1);
    CHECK(row_of(picture, State::resolving).tasks == 0);
    CHECK(picture.whole);
}

TEST_CASE("an event that is not newer than what was listed changes nothing") {
    BoardModel model;
    model.listing_begun();
    model.listed(owned(State::running, "a", "e", 9, noon));
    model.listing_over(true, noon);
    model.happened(event_of(task_in(State::pending, "a", 4, noon), Kind::desired));
    model.happened(event_of(task_in(State::resolved, "a", 9, noon), Kind::resolved));
    CHECK(row_of(picture_at(model, noon), State::running).tasks == 1);
}

TEST_CASE("a listing forgets what was held before it") {
    auto model = watching_model();
    model.happened(event_of(task_in(State::pending, "old", 1, noon), Kind::desired));
    model.listing_begun();
    CHECK(picture_at(model, noon).listing);
    model.listed(task_in(State::pending, "new", 2, noon));
    model.listing_over(true, noon);
    CHECK(guids_of(picture_at(model, noon)) == std::vector<std::string>{"new"});
}

TEST_CASE("the oldest of a state is the one longest in it, kicks aside") {
    auto model = watching_model();
    model.happened(event_of(task_in(State::pending, "a", 1, noon), Kind::desired));
    model.happened(event_of(task_in(State::pending, "b", 2, noon + 10s), Kind::desired));
    Task kicked = task_in(State::pending, "a", 3, noon);
    kicked.updated_at = noon + 30s;
    model.happened(event_of(kicked, Kind::kicked));
    const auto picture = picture_at(model, noon + 40s);
    CHECK(row_of(picture, State::pending).oldest == 40s);
    CHECK_FALSE(row_of(picture, State::running).oldest);
}

TEST_CASE("rates count events by the state that they lead to, kicks aside") {
    auto model = watching_model();
    for (int i = 0; i < 50; ++i) {
        const auto at = noon + i * 100ms;
        model.happened(event_of(task_in(State::pending, "a", 2 * i + 1, at), Kind::desired));
        model.happened(event_of(task_in(State::resolved, "a", 2 * i + 2, at), Kind::resolved));
    }
    model.happened(event_of(task_in(State::pending, "b", 999, noon + 5s), Kind::kicked));
    const auto picture = picture_at(model, noon + 5s);
    CHECK(row_of(picture, State::pending).per_second == Approx(10).margin(0.6));
    CHECK(row_of(picture, State::resolved).per_second == Approx(10).margin(0.6));
    CHECK(row_of(picture, State::running).per_second == 0);
}

TEST_CASE("queues are by domain and stack, with depth and oldest, and go when they are done") {
    auto model = watching_model();
    Task other = task_in(State::pending, "c", 3, noon + 2s);
    other.domain = "batch";
    other.stack = "";
    model.happened(event_of(task_in(State::pending, "a", 1, noon), Kind::desired));
    model.happened(event_of(task_in(State::pending, "b", 2, noon + 1s), Kind::desired));
    model.happened(event_of(other, Kind::desired));
    model.happened(event_of(owned(State::running, "b", "e", 4, noon + 3s), Kind::started));
    auto picture = picture_at(model, noon + 10s);
    REQUIRE(picture.queues.size() == 2);
    const auto& linux_queue = picture.queues[0];
    CHECK(linux_queue.domain == "default");
    CHECK(linux_queue.stack == "linux");
    CHECK(linux_queue.pending == 1);
    CHECK(linux_queue.running == 1);
    CHECK(linux_queue.oldest == 10s);
    CHECK(picture.queues[1].domain == "batch");
    CHECK(picture.queues[1].stack == "");
    model.happened(event_of(task_in(State::completed, "c", 5, noon + 4s), Kind::cancelled));
    CHECK(picture_at(model, noon + 10s).queues.size() == 1);
}

TEST_CASE("a queue is paused by itself, or with its whole domain") {
    BoardModel model;
    model.listing_begun();
    model.listed(task_in(State::pending, "a", 1, noon));
    model.listing_over(true, noon);
    const auto is_paused = [&model] { return picture_at(model, noon).queues.at(0).paused; };
    const auto name = picture_at(model, noon).queues.at(0);
    CHECK_FALSE(is_paused());
    model.paused({{.domain = name.domain, .stack = name.stack}});
    CHECK(is_paused());
    model.paused({{.domain = name.domain}});
    CHECK(is_paused());
    model.paused({{.domain = name.domain, .stack = "another"}, {.domain = "another"}});
    CHECK_FALSE(is_paused());
}

TEST_CASE("queues are sorted by depth, by their oldest, or by name") {
    auto model = watching_model();
    Seq seq = 0;
    const auto desire = [&](const std::string& domain, Time since) {
        ++seq;
        Task task = task_in(State::pending, "g" + std::to_string(seq), seq, since);
        task.domain = domain;
        model.happened(event_of(task, Kind::desired));
    };
    desire("b", noon + 1s);
    desire("b", noon + 1s);
    desire("a", noon);
    desire("c", noon + 2s);
    const auto first = [&](QueueSort sort) {
        return model.picture({.queues = sort}, noon + 3s).queues[0].domain;
    };
    CHECK(first(QueueSort::pending) == "b");
    CHECK(first(QueueSort::oldest) == "a");
    CHECK(first(QueueSort::name) == "a");
    CHECK(model.picture({.queues = QueueSort::oldest}, noon + 3s).queues[2].domain == "c");
}

TEST_CASE("the slowest running tasks come first, then what is claimed, then what waits") {
    auto model = watching_model();
    model.happened(event_of(task_in(State::pending, "waits", 1, noon), Kind::desired));
    model.happened(event_of(owned(State::running, "quick", "e", 2, noon + 8s), Kind::started));
    model.happened(event_of(owned(State::running, "slow", "e", 3, noon + 1s), Kind::started));
    model.happened(event_of(owned(State::claimed, "claimed", "e", 4, noon), Kind::claimed));
    const auto picture = picture_at(model, noon + 10s);
    CHECK(guids_of(picture) == std::vector<std::string>{"slow", "quick", "claimed", "waits"});
    CHECK(picture.tasks[0].age == 9s);
    CHECK(picture.tasks[0].executor_id == "e");
}

TEST_CASE("a filter finds tasks by guid, queue, executor or state, and says how many") {
    auto model = watching_model();
    model.happened(event_of(task_in(State::pending, "one", 1, noon), Kind::desired));
    model.happened(event_of(owned(State::running, "two", "host-7", 2, noon), Kind::started));
    const auto found = [&](const std::string& filter) {
        return guids_of(model.picture({.filter = filter}, noon));
    };
    CHECK(found("one") == std::vector<std::string>{"one"});
    CHECK(found("default/linux") == std::vector<std::string>{"one"});
    CHECK(found("host-7") == std::vector<std::string>{"two"});
    CHECK(found("runn") == std::vector<std::string>{"two"});
    CHECK(model.picture({.filter = "nothing"}, noon).matching == 0);
    CHECK(model.picture({.most_tasks = 1}, noon).matching == 2);
    CHECK(model.picture({.most_tasks = 1}, noon).tasks.size() == 1);
}

TEST_CASE("ages count by the broker's clock, once it has told its time") {
    auto model = watching_model();
    const Time there = noon + 1h;
    model.answered(stats_of({{"at", there.time_since_epoch().count()}}), noon);
    model.happened(event_of(task_in(State::pending, "a", 1, there - 5s), Kind::desired));
    CHECK(row_of(picture_at(model, noon + 1s), State::pending).oldest == 6s);
}

TEST_CASE("executors come by load, and one that told no slots has none") {
    BoardModel model;
    model.present({{.executor_id = "idle", .slots = 4},
                   {.executor_id = "silent", .running = 9},
                   {.executor_id = "busy", .claimed = 1, .running = 2, .slots = 4}},
                  true);
    const auto picture = picture_at(model, noon);
    CHECK(picture.executors[0].executor_id == "busy");
    CHECK(picture.executors[0].load() == 0.75);
    CHECK(picture.executors[2].executor_id == "silent");
    CHECK_FALSE(picture.executors[2].load());
    CHECK(model.picture({.executors = ExecutorSort::running}, noon).executors[0].executor_id ==
          "silent");
    CHECK(model.picture({.executors = ExecutorSort::name}, noon).executors[0].executor_id ==
          "busy");
}

}  // namespace taskbbs::cli::top
