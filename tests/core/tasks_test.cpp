// Random worlds: the indexes over the tasks after every step, and the board that replay makes.
#include "broker/core/tasks.hpp"

#include "tests/core/world.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::core_test {
namespace {

using namespace core;

constexpr int steps = 600;

void check_same_task(const Board& life, const Board& replayed, const std::string& guid) {
    INFO(guid);
    const Slot one = life.tasks().find(guid);
    const Slot two = replayed.tasks().find(guid);
    REQUIRE(two != no_slot);
    CHECK(life.tasks().view(one) == replayed.tasks().view(two));
    CHECK(life.tasks()[one].born == replayed.tasks()[two].born);
    CHECK(life.tasks()[one].kicks == replayed.tasks()[two].kicks);
}

void check_same_executor(const Board& life, const Board& replayed, const std::string& id) {
    INFO(id);
    const Slot one = life.executors().find(id);
    const Slot two = replayed.executors().find(id);
    REQUIRE((one == no_slot) == (two == no_slot));
    if (one == no_slot) {
        return;
    }
    const ExecutorRecord& mine = life.executors()[one];
    const ExecutorRecord& other = replayed.executors()[two];
    CHECK(mine.present == other.present);
    CHECK(mine.draining == other.draining);
    CHECK(mine.incarnation == other.incarnation);
    CHECK(mine.former_incarnations == other.former_incarnations);
    CHECK(mine.joined_at == other.joined_at);
    CHECK(mine.ttl == other.ttl);
    CHECK(mine.lost_at == other.lost_at);
    CHECK(mine.doomed == other.doomed);
    CHECK(mine.departed_by.id == other.departed_by.id);
}

void check_same_outcome(const Board& life,
                        const Board& replayed,
                        const SessionId& id,
                        RequestId request) {
    const Outcome* one = life.sessions().find(id, request);
    const Outcome* two = replayed.sessions().find(id, request);
    REQUIRE((one == nullptr) == (two == nullptr));
    if (one != nullptr) {
        CHECK(one->first == two->first);
        CHECK(one->last == two->last);
        CHECK(one->verb == two->verb);
        CHECK(one->state == two->state);
    }
    CHECK(life.sessions().acked(id) == replayed.sessions().acked(id));
}

TEST_CASE("after every step of a random world each index is what a scan would find") {
    World world(GENERATE(range(1U, 13U)));
    for (int i = 0; i < steps; ++i) {
        world.step();
        check_indexes(world.board(), world.guids());
    }
    CHECK(world.board().seq() > steps / 4);
}

TEST_CASE("replaying what was recorded makes the same board, at any point") {
    World world(GENERATE(range(101U, 121U)));
    for (int i = 0; i < steps; ++i) {
        world.step();
        if (i % 100 != 99) {
            continue;
        }
        Board replayed(World::settings());
        world.replay(replayed);
        CHECK(replayed.seq() == world.board().seq());
        CHECK(replayed.ordinals() == world.board().ordinals());
        CHECK(replayed.clock().last_stamp() == world.board().clock().last_stamp());
        CHECK(replayed.sessions().size() == world.board().sessions().size());
        CHECK(replayed.sessions().outcomes() == world.board().sessions().outcomes());
        for (const std::string& guid : world.guids()) {
            check_same_task(world.board(), replayed, guid);
        }
        for (const std::string& id : World::executors()) {
            check_same_executor(world.board(), replayed, id);
        }
        for (const auto& [session, request] : world.requests()) {
            check_same_outcome(world.board(), replayed, session, request);
        }
        replayed.begin_serving(world.board().clock().last_stamp());
        check_indexes(replayed, world.guids());
    }
}

TEST_CASE("a replayed board that begins to serve counts every deadline from then on") {
    World world(7);
    for (int i = 0; i < steps; ++i) {
        world.step();
    }
    Board replayed(World::settings());
    world.replay(replayed);
    const Time now =
        replayed.begin_serving(world.board().clock().last_stamp() + std::chrono::hours(1));
    check_indexes(replayed, world.guids());
    for (const TimeOrder* order : {&replayed.tasks().claim_by(), &replayed.tasks().run_until()}) {
        for (const SlotBy<Time>& key : *order) {
            CHECK(key.by() >= now);
        }
    }
    CHECK_FALSE(replayed.tasks().has_offers());
}

}  // namespace
}  // namespace taskbbs::core_test
