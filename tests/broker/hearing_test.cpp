// How far the requests were heard, as broker/hearing and broker/unheard promise.
#include "broker/hearing.hpp"

#include "broker/unheard.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::broker::hearing {
namespace {

using namespace std::chrono_literals;

constexpr int rounds = 3;

core::Time at(int ms) {
    return core::Time{} + ms * 1ms;
}

// So many of the loop's own are back; how often until() moved.
int take(Hearing& hearing, int back) {
    int moved = 0;
    for (int i = 0; i < back; ++i) {
        moved += hearing.note_round() ? 1 : 0;
    }
    return moved;
}

TEST_CASE("an empty socket was heard until it was about to be read") {
    Hearing hearing(rounds);
    CHECK_FALSE(hearing.begin(at(10), 7));
    hearing.note_end();
    CHECK(hearing.until().at == at(10));
    CHECK(hearing.until().left == 7);
    CHECK(hearing.until().number == 1);
}

TEST_CASE("who finds the socket empty each time sends itself nothing") {
    Hearing hearing(rounds);
    for (const int ms : {10, 1000, 2000}) {
        CHECK_FALSE(hearing.begin(at(ms), 0));
        hearing.note_end();
    }
}

TEST_CASE("where messages never cease, it was heard until the rounds began that are over") {
    Hearing hearing(rounds);
    hearing.begin(at(10), 0);
    CHECK(hearing.begin(at(20), 5));
    CHECK_FALSE(hearing.begin(at(30), 9));
    CHECK(take(hearing, rounds - 1) == 0);
    CHECK(hearing.until().at == core::Time{});
    CHECK(take(hearing, 1) == 1);
    CHECK(hearing.until().at == at(20));
    CHECK(hearing.until().left == 5);
    CHECK(hearing.begin(at(40), 9));
}

TEST_CASE("rounds begin 10 ms after others did, at the earliest") {
    Hearing hearing(rounds);
    hearing.begin(at(10), 0);
    CHECK(hearing.begin(at(20), 0));
    take(hearing, rounds);
    CHECK_FALSE(hearing.begin(at(29), 0));
    CHECK(hearing.begin(at(30), 0));
}

TEST_CASE("a socket that was found empty ends the rounds") {
    Hearing hearing(rounds);
    hearing.begin(at(10), 0);
    CHECK(hearing.begin(at(20), 0));
    hearing.begin(at(30), 0);
    hearing.note_end();
    CHECK(hearing.until().at == at(30));
    CHECK(take(hearing, rounds) == 0);
    CHECK(hearing.until().at == at(30));
}

TEST_CASE("what came before a series that was heard is heard") {
    Unheard unheard;
    unheard.add(100, 4, 3);
    CHECK(unheard.bytes(3) == 100);
    CHECK(unheard.bytes(4) == 100);  // it may have come while that one was read
    CHECK(unheard.bytes(5) == 0);
}

TEST_CASE("of who sends and sends, only what came lately may be unheard") {
    Unheard unheard;
    for (std::uint64_t now = 1; now < 100; ++now) {
        unheard.add(10, now, now - 1);
        unheard.add(10, now, now - 1);
    }
    CHECK(unheard.bytes(98) <= 40);
    CHECK(unheard.bytes(100) == 0);
}

TEST_CASE("while nothing is heard, all that came may be unheard") {
    Unheard unheard;
    for (std::uint64_t now = 1; now < 100; ++now) {
        unheard.add(10, now, 1);
    }
    CHECK(unheard.bytes(1) == 990);
    CHECK(unheard.bytes(98) == 990);
    CHECK(unheard.bytes(99) == 10);
    CHECK(unheard.bytes(100) == 0);
}

}  // namespace
}  // namespace taskbbs::broker::hearing
