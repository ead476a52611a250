// How much of what waits for executors' last tasks is kept.
#include "broker/parking.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::broker {
namespace {

Parked heartbeat(std::size_t bytes, const Peer& peer = "p") {
    return {.caller = {.peer = peer}, .heartbeat = std::string(bytes, 'x')};
}

TEST_CASE("requests wait for an executor, 64 at most, and are handed out once, in their order") {
    Parking parking;
    for (std::size_t i = 0; i < Parking::most_of_executor; ++i) {
        CHECK(parking.add(1, heartbeat(i)));
    }
    CHECK_FALSE(parking.add(1, heartbeat(0)));
    CHECK(parking.add(2, heartbeat(0)));
    const std::vector<Parked> taken = parking.take(1);
    REQUIRE(taken.size() == Parking::most_of_executor);
    CHECK(taken[7].heartbeat.size() == 7);
    CHECK(parking.take(1).empty());
    CHECK(parking.executors() == 1);
}

TEST_CASE("long heartbeats are bounded all together, short ones only by their number") {
    constexpr std::size_t quarter = Parking::most_bytes / 4;
    Parking parking;
    for (core::Slot executor = 0; executor < 4; ++executor) {
        CHECK(parking.add(executor, heartbeat(quarter)));
    }
    CHECK_FALSE(parking.add(5, heartbeat(Parking::few_bytes + 1)));
    CHECK(parking.add(5, heartbeat(Parking::few_bytes)));
    parking.take(5);
    parking.take(0);
    CHECK(parking.add(6, heartbeat(quarter, "q")));
    parking.remove_if([](const Caller& caller) { return caller.peer == "q"; });
    CHECK(parking.add(7, heartbeat(quarter)));
    CHECK(parking.take(6).empty());
}

TEST_CASE("of all executors together so many requests wait at most") {
    Parking parking;
    for (std::size_t i = 0; i < Parking::most; ++i) {
        parking.add(static_cast<core::Slot>(i / Parking::most_of_executor), heartbeat(0));
    }
    CHECK_FALSE(parking.add(100'000, heartbeat(0)));
    parking.take(0);
    CHECK(parking.add(100'000, heartbeat(0)));
}

}  // namespace
}  // namespace taskbbs::broker
