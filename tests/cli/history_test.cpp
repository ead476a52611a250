// cli/history: lives, and how they are shown.
#include "cli/history/report.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace std::chrono_literals;

namespace {

const Time birth{1'700'000'000s};

// Events, each so long after the one before.
class Told {
  public:
    Told& after(Duration time, Kind kind, Stream stream, const Task& task = {}) {
        at_ += time;
        events_.push_back({.seq = ++seq_, .stream = stream, .at = at_, .kind = kind, .task = task});
        return *this;
    }

    // A whole life: 1 s pending, 2 s claimed, 3 s running, 4 s completed, 5 s resolving.
    Told& life() {
        return after(0s, Kind::desired, Stream::pending)
            .after(1s, Kind::claimed, Stream::claimed, {.executor_id = "e"})
            .after(2s, Kind::started, Stream::running, {.container_handle = "box"})
            .after(3s, Kind::completed, Stream::completed, {.failed = true, .failure_reason = "no"})
            .after(4s, Kind::resolving, Stream::resolving)
            .after(5s, Kind::resolved, Stream::resolved);
    }

    std::vector<Life> lives() const { return lives_of(events_); }

    Time now() const { return at_; }

  private:
    std::vector<Event> events_;
    Seq seq_ = 0;
    Time at_ = birth;
};

}  // namespace

TEST_CASE("a life is cut into stays, each as long as the state was kept") {
    const auto lives = Told{}.life().lives();
    REQUIRE(lives.size() == 1);
    const Life& life = lives.front();
    CHECK(life.begins);
    CHECK(life.is_over());
    REQUIRE(life.stays.size() == 5);
    const auto later = birth + 1h;
    for (int i = 0; i < 5; ++i) {
        CHECK(life.stays[static_cast<std::size_t>(i)].state == static_cast<State>(i));
        CHECK(length_of(life.stays[static_cast<std::size_t>(i)], later) ==
              std::chrono::seconds{i + 1});
    }
    CHECK(length_of(life, later) == 15s);
}

TEST_CASE("what is still in a state stays there until now") {
    Told story;
    story.after(0s, Kind::desired, Stream::pending).after(2s, Kind::claimed, Stream::claimed);
    const Life life = story.lives().front();
    CHECK_FALSE(life.is_over());
    CHECK(length_of(life.stays.back(), story.now() + 3s) == 3s);
    CHECK(length_of(life, story.now() + 3s) == 5s);
    // A reader's clock may be behind.
    CHECK(length_of(life.stays.back(), birth) == 0s);
}

TEST_CASE("a kick does not end a stay, whatever else happens does, to the same state too") {
    Told story;
    story.after(0s, Kind::desired, Stream::pending)
        .after(30s, Kind::kicked, Stream::pending)
        .after(10s, Kind::claimed, Stream::claimed)
        .after(30s, Kind::demoted, Stream::pending)
        .after(1s, Kind::cancelled, Stream::completed);
    const Life life = story.lives().front();
    CHECK(life.stays.size() == 4);
    CHECK(time_in(life, State::pending, story.now()) == 41s);
    CHECK(time_in(life, State::claimed, story.now()) == 30s);
    CHECK_FALSE(time_in(life, State::running, story.now()));
}

TEST_CASE("a guid that was desired again has two lives") {
    const auto lives = Told{}.life().life().lives();
    REQUIRE(lives.size() == 2);
    CHECK(lives[0].events.size() == 6);
    CHECK(lives[1].events.front().seq == 7);
}

TEST_CASE("a life whose beginning is not kept begins with what is") {
    Told story;
    story.after(0s, Kind::kicked, Stream::completed).after(4s, Kind::resolving, Stream::resolving);
    const Life life = story.lives().front();
    CHECK_FALSE(life.begins);
    CHECK(life.stays.front().state == State::completed);
    CHECK(life_in_words("g", life, 100, story.now())
              .starts_with("g: its beginning is not kept any more, the journal goes back to event "
                           "100\n"));
    CHECK(life_as_json("g", life, 100, story.now())["truncated"] == true);
    CHECK(life_as_json("g", life, 100, story.now())["oldest"] == 100);
}

TEST_CASE("kicks in a row are one line, others are one each") {
    Told story;
    story.after(0s, Kind::desired, Stream::pending)
        .after(30s, Kind::kicked, Stream::pending)
        .after(60s, Kind::kicked, Stream::pending)
        .after(120s, Kind::kicked, Stream::pending)
        .after(1s, Kind::claimed, Stream::claimed)
        .after(30s, Kind::demoted, Stream::pending)
        .after(30s, Kind::kicked, Stream::pending);
    const Life life = story.lives().front();
    const auto folds = folds_of(life);
    REQUIRE(folds.size() == 5);
    CHECK(folds[1].first == 1);
    CHECK(folds[1].count == 3);
    const auto words = life_in_words("g", life, std::nullopt, story.now());
    CHECK(words.find("kicked x3") != std::string::npos);
    CHECK(words.find("the last one at 2023-11-14T22:16:50.000Z") != std::string::npos);
    CHECK(life_as_json("g", life, std::nullopt, story.now())["events"].size() == 7);
}

TEST_CASE(
    "a life in words: every event, what there is to say of it, how long its state took, and the "
    "sums") {
    const Told story = Told{}.life();
    CHECK(life_in_words("g", story.lives().front(), std::nullopt, story.now()) ==
          "g\n"
          "AT                        SEQ  EVENT      FOR     CAUSE    EXECUTOR_ID\n"
          "2023-11-14T22:13:20.000Z  1    desired    1.000s  request  -\n"
          "2023-11-14T22:13:21.000Z  2    claimed    2.000s  request  e\n"
          "2023-11-14T22:13:23.000Z  3    started    3.000s  request  -\n"
          "    box\n"
          "2023-11-14T22:13:26.000Z  4    completed  4.000s  request  -\n"
          "    failed: no\n"
          "2023-11-14T22:13:30.000Z  5    resolving  5.000s  request  -\n"
          "2023-11-14T22:13:35.000Z  6    resolved   -       request  -\n"
          "pending 1.000s, claimed 2.000s, running 3.000s, completed 4.000s, resolving 5.000s, "
          "15s in all\n");
}

TEST_CASE("a life as a document: events, states and totals in ns") {
    const Told story = Told{}.life();
    const Json json = life_as_json("g", story.lives().front(), std::nullopt, story.now());
    CHECK(json["gone"] == true);
    CHECK(json["truncated"] == false);
    CHECK(json["oldest"].is_null());
    CHECK(json["events"][3]["detail"] == "failed: no");
    CHECK(json["events"][3]["state_ns"] == 4'000'000'000);
    CHECK(json["events"][5]["state_ns"].is_null());
    CHECK(json["states"][2]["state"] == "running");
    CHECK(json["states"][2]["took_ns"] == 3'000'000'000);
    CHECK(json["totals"]["running_ns"] == 3'000'000'000);
    CHECK(json["totals"]["all_ns"] == 15'000'000'000);
}
