// cli/top/feed.hpp: what is asked, and when.
#include "cli/top/feed.hpp"

#include "tests/cli/top/boards.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

namespace taskbbs::cli::top {
namespace {

struct AskedInWords {
    std::string operator()(const AskStats&) const { return "stats"; }

    std::string operator()(const AskExecutors& asked) const { return "executors" + asked.cursor; }

    std::string operator()(const AskTasks& asked) const {
        return fmt::format("tasks {}{}", asked.state ? name_of(*asked.state) : "all", asked.cursor);
    }

    std::string operator()(const BeginWatch& asked) const {
        return fmt::format("watch after {}", asked.after);
    }
};

// A feed, its model and a clock that both of Now's follow.
struct FeedRig {
    explicit FeedRig(Bounds bounds = {}) : model(bounds) {}

    Now now() const { return {std::chrono::steady_clock::time_point{at}, noon + at}; }

    std::vector<std::string> asked() {
        std::vector<std::string> words;
        for (const Asked& asked : feed.due(now())) {
            words.push_back(std::visit(AskedInWords{}, asked));
            if (const auto* tasks = std::get_if<AskTasks>(&asked)) {
                listing = tasks->listing;
            }
        }
        return words;
    }

    void stats(std::int64_t tasks) {
        feed.answered(stats_of({{"tasks", tasks}, {"uptime_ms", 1 + at.count()}}), now());
    }

    void page(std::vector<Task> tasks, Seq seq, std::optional<std::string> cursor = {}) {
        feed.answered(listing, TaskPage{std::move(tasks), std::move(cursor), seq}, now());
    }

    // Up to the watch of an empty board, at seq 5.
    void begin() {
        asked();
        stats(0);
        feed.answered(Result<ExecutorPage>{}, now());
        asked();
        page({}, 5);
        asked();
    }

    milliseconds at{0};
    BoardModel model;
    Feed feed{model, now()};
    std::int64_t listing = 0;
};

using Words = std::vector<std::string>;

Error error_of(Code code, Status status = Status::internal) {
    return {.code = code, .status = status, .message = "as a test wants it"};
}

}  // namespace

TEST_CASE("first stats and executors are asked for, then all tasks, then the watch begins") {
    FeedRig rig;
    CHECK(rig.asked() == Words{"stats", "executors"});
    CHECK(rig.asked().empty());
    rig.stats(2);
    CHECK(rig.asked() == Words{"tasks all"});
    rig.page({task_in(State::pending, "a", 3, noon)}, 7, ">1");
    CHECK(rig.asked() == Words{"tasks all>1"});
    CHECK_FALSE(rig.feed.watching());
    rig.page({task_in(State::pending, "b", 4, noon)}, 9);
    CHECK(rig.feed.watching());
    CHECK(rig.asked() == Words{"watch after 7"});
    CHECK(rig.model.whole());
    CHECK(rig.feed.listed() == 2);
}

TEST_CASE("stats and executors are asked for once a second") {
    FeedRig rig;
    rig.begin();
    CHECK(rig.feed.deadline() == rig.now().steady + 1s);
    rig.at += 999ms;
    CHECK(rig.asked().empty());
    rig.at += 1ms;
    CHECK(rig.asked() == Words{"stats", "executors"});
}

TEST_CASE("executors are gathered over pages, and more pages make longer pauses") {
    FeedRig rig;
    rig.begin();
    rig.at += 1s;
    rig.asked();
    rig.feed.answered(ExecutorPage{{{.executor_id = "a"}}, ">a", 1}, rig.now());
    CHECK(rig.asked() == Words{"executors>a"});
    CHECK(rig.model.picture({}, noon).executors.empty());
    rig.feed.answered(ExecutorPage{{{.executor_id = "b"}}, {}, 1}, rig.now());
    CHECK(rig.model.picture({}, noon).executors.size() == 2);
    rig.stats(0);
    rig.at += 1s;
    CHECK(rig.asked() == Words{"stats"});
    rig.at += 1s;
    CHECK(rig.asked() == Words{"executors"});
}

TEST_CASE("no more than ten pages of executors are read, and the picture says so") {
    FeedRig rig;
    rig.begin();
    rig.at += 1s;
    for (int page = 0; page < 10; ++page) {
        rig.asked();
        rig.feed.answered(ExecutorPage{{{.executor_id = "a"}}, ">more", 1}, rig.now());
    }
    const auto picture = rig.model.picture({}, noon);
    CHECK(picture.executors.size() == 10);
    CHECK_FALSE(picture.all_executors);
}

TEST_CASE("of a board that is too large, what runs is listed first, and what fits of the rest") {
    FeedRig rig{{.owned = 2, .others = 1}};
    rig.asked();
    rig.stats(1'000);
    CHECK(rig.asked() == Words{"tasks running"});
    rig.page({owned(State::running, "r", "e", 1, noon)}, 50);
    CHECK(rig.asked() == Words{"tasks claimed"});
    rig.page({}, 51);
    CHECK(rig.asked() == Words{"tasks resolving"});
    rig.page({}, 52);
    CHECK(rig.asked() == Words{"tasks pending"});
    rig.page(
        {task_in(State::pending, "p", 2, noon), task_in(State::pending, "q", 3, noon)}, 53, ">q");
    CHECK(rig.asked() == Words{"tasks completed"});
    rig.page({task_in(State::completed, "c", 4, noon)}, 54);
    CHECK(rig.asked() == Words{"watch after 50"});
    CHECK_FALSE(rig.model.whole());
    CHECK(rig.feed.listed() == 2);
}

TEST_CASE("a board that fits again is listed anew") {
    FeedRig rig{{.owned = 4, .others = 4}};
    rig.asked();
    rig.stats(1'000);
    for (int part = 0; part < 5; ++part) {
        rig.asked();
        rig.page({}, 50);
    }
    // Nothing was left out, as it happens: the tasks were gone.
    CHECK(rig.model.whole());
    for (Seq seq = 60; seq < 70; ++seq) {
        rig.feed.happened(
            event_of(task_in(State::pending, "g" + std::to_string(seq), seq, noon), Kind::desired),
            rig.now());
    }
    CHECK_FALSE(rig.model.whole());
    rig.at += 1s;
    rig.asked();
    rig.stats(4);
    CHECK(rig.asked().empty());  // not with so little room to spare
    rig.at += 1s;
    rig.asked();
    rig.stats(3);
    CHECK(rig.asked() == Words{"tasks all"});
}

TEST_CASE("after a reset everything is listed anew, and late pages of before are dropped") {
    FeedRig rig;
    rig.begin();
    rig.feed.happened(event_of(task_in(State::pending, "a", 6, noon), Kind::desired), rig.now());
    rig.feed.reset(rig.now());
    CHECK(rig.model.picture({}, noon).held == 0);
    const auto before = rig.listing;
    CHECK(rig.asked() == Words{"tasks all"});
    rig.feed.answered(before, TaskPage{{task_in(State::pending, "x", 1, noon)}, {}, 1}, rig.now());
    CHECK(rig.model.picture({}, noon).held == 0);
    rig.page({}, 3);
    CHECK(rig.asked() == Words{"watch after 3"});
}

TEST_CASE("a question that found nobody is asked again a second later") {
    FeedRig rig;
    rig.asked();
    rig.stats(0);
    rig.asked();
    rig.feed.answered(rig.listing, tl::unexpected(error_of(Code::timed_out)), rig.now());
    CHECK(rig.asked().empty());
    rig.at += 1s;
    CHECK(rig.asked() == Words{"stats", "tasks all"});
    CHECK_FALSE(rig.feed.failure());
}

TEST_CASE("a broker that is not heard for three seconds is away since it was heard last") {
    FeedRig rig;
    rig.begin();
    rig.at += 1s;
    rig.feed.happened(executor_event(6, Kind::joined, "e"), rig.now());
    rig.at += 3s;
    CHECK_FALSE(rig.feed.away_since(rig.now()));
    rig.at += 1ms;
    CHECK(rig.feed.away_since(rig.now()) == noon + 1s);
    rig.stats(0);
    CHECK_FALSE(rig.feed.away_since(rig.now()));
}

TEST_CASE("a broker that does not let us read, or speaks otherwise, is the end") {
    for (const auto& error :
         {error_of(Code::refused, Status::denied), error_of(Code::unreadable)}) {
        FeedRig rig;
        rig.asked();
        rig.feed.answered(Result<Stats>{tl::unexpected(error)}, rig.now());
        REQUIRE(rig.feed.failure());
        CHECK(rig.feed.failure()->code == error.code);
    }
    FeedRig rig;
    rig.asked();
    rig.feed.answered(Result<Stats>{tl::unexpected(error_of(Code::refused, Status::busy))},
                      rig.now());
    CHECK_FALSE(rig.feed.failure());
}

}  // namespace taskbbs::cli::top
