// What acquire finds in the queues: tasks that ripen, tasks that lay too far back.
#include "broker/core/acquire.hpp"
#include "tests/core/times.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace taskbbs::core_test {
namespace {

using namespace core;
using namespace std::chrono_literals;

constexpr Time later = start + 1h;

class Queues {
  public:
    Queues() { board_.begin_serving(start); }

    void desire(const std::string& guid, TaskView task) {
        task.guid = guid;
        commit(*decide(board_, protocol::DesireArgs{task}, start));
    }

    void claim(const std::string& guid) {
        commit(*decide(board_, protocol::ClaimArgs{guid, "x"}, later));
    }

    std::string guid(Slot slot) const { return std::string(board_.tasks()[slot].guid()); }

    Board& board() { return board_; }

    Tasks& tasks() { return board_.tasks(); }

  private:
    void commit(Event event) {
        board_.number(event, start);
        board_.apply(event);
    }

    Board board_{Settings{}};
};

TEST_CASE("a bounded number of tasks ripens in a call, and the next ones ripen the rest") {
    Queues queues;
    constexpr std::size_t many = 2000;
    for (std::size_t i = 0; i < many; ++i) {
        queues.desire("t" + std::to_string(i), {.not_before = later});
    }
    queues.tasks().ripen(later - 1ns);
    CHECK_FALSE(queues.tasks().has_offers());
    std::size_t ripe = 0;
    while (queues.tasks().next_ripening()) {
        REQUIRE(*queues.tasks().next_ripening() == later);
        queues.tasks().ripen(later);
        const std::size_t now_ripe = queues.tasks().take_offers().size();
        CHECK(now_ripe > 0);
        CHECK(now_ripe <= 256);
        ripe += now_ripe;
    }
    CHECK(ripe == many);
}

TEST_CASE("of those that ripen at one moment the higher priority ripens first") {
    Queues queues;
    for (int i = 0; i < 1000; ++i) {
        queues.desire("t" + std::to_string(i), {.priority = i, .not_before = later});
    }
    queues.tasks().ripen(later);
    const auto chosen = choose(queues.board(), {.executor_id = "e"}).tasks;
    REQUIRE(chosen.size() == 1);
    CHECK(queues.guid(chosen.front()) == "t999");
}

// 70 that need much, then two that need little; a waiting acquire has little.
const protocol::AcquireArgs little{
    .executor_id = "e", .free = protocol::Resources{.memory_mb = 10}, .wait = 60s};

void fill(Queues& queues) {
    for (int i = 0; i < 70; ++i) {
        queues.desire("big" + std::to_string(i), {.memory_mb = 100});
    }
    queues.desire("small0", {.memory_mb = 1});
    queues.desire("small1", {.memory_mb = 1});
    queues.tasks().take_offers();
}

TEST_CASE("a task that comes within the reach of an acquire that waits is on offer again, once") {
    Queues queues;
    fill(queues);
    REQUIRE(choose(queues.board(), little).tasks.empty());
    std::vector<std::string> offered;
    for (int i = 0; i < 70; ++i) {
        queues.claim("big" + std::to_string(i));
        for (const Slot slot : queues.tasks().take_offers()) {
            offered.push_back(queues.guid(slot));
        }
    }
    CHECK(std::count(offered.begin(), offered.end(), "small0") == 1);
    CHECK(std::count(offered.begin(), offered.end(), "small1") == 1);
    CHECK(offered.size() == 7);
}

TEST_CASE("an offered task is one that acquire reaches") {
    Queues queues;
    fill(queues);
    REQUIRE(choose(queues.board(), little).tasks.empty());
    bool offered = false;
    for (int i = 0; i < 70 && !offered; ++i) {
        queues.claim("big" + std::to_string(i));
        for (const Slot slot : queues.tasks().take_offers()) {
            offered = offered || queues.guid(slot) == "small0";
        }
        CHECK(choose(queues.board(), little).tasks.empty() == !offered);
    }
    CHECK(offered);
}

TEST_CASE("what leaves from behind the reach of acquire, or while nobody waits, offers nothing") {
    Queues queues;
    fill(queues);
    SECTION("nobody waits") {
        queues.claim("big0");
    }
    SECTION("behind") {
        REQUIRE(choose(queues.board(), little).tasks.empty());
        queues.claim("big69");
        queues.claim("small0");
    }
    SECTION("nobody waits any more") {
        REQUIRE(choose(queues.board(), little).tasks.empty());
        queues.tasks().forget_unseen();
        queues.claim("big0");
    }
    CHECK_FALSE(queues.tasks().has_offers());
}

}  // namespace
}  // namespace taskbbs::core_test
