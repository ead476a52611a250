// How far the requests were heard, as broker/hearing promises.
#include "broker/hearing.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::broker::hearing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t held = 3;

core::Time at(int ms) {
    return core::Time{} + ms * 1ms;
}

// Reads so many, of which none is the last; how many of them moved the mark.
int read(Hearing& hearing, int messages, std::uint64_t let_in) {
    int moved = 0;
    for (int i = 0; i < messages; ++i) {
        moved += hearing.note_message(let_in) ? 1 : 0;
    }
    return moved;
}

TEST_CASE("an empty socket was heard until it was about to be read") {
    Hearing hearing(held);
    hearing.begin(at(10), {.let_in = 2, .present = 2, .left = 7});
    hearing.note_message(2);
    hearing.note_end();
    CHECK(hearing.until().at == at(10));
    CHECK(hearing.until().crowd.left == 7);
}

TEST_CASE("where messages never cease, as many as all could have had there were heard") {
    Hearing hearing(held);
    hearing.begin(at(10), {.let_in = 2, .present = 2});
    hearing.note_end();
    hearing.begin(at(20), {.let_in = 2, .present = 2, .left = 5});
    CHECK(read(hearing, 7, 2) == 1);  // a mark is made behind the one that was found empty
    CHECK(hearing.until().at == at(10));
    CHECK(read(hearing, 6, 2) == 0);
    hearing.begin(at(30), {.let_in = 2, .present = 2, .left = 9});
    CHECK(read(hearing, 1, 2) == 1);
    CHECK(hearing.until().at == at(20));
    CHECK(hearing.until().crowd.left == 5);
}

TEST_CASE("who came since may have had messages there, though it is gone") {
    Hearing hearing(held);
    hearing.begin(at(10), {.let_in = 9, .present = 1});
    hearing.note_end();
    hearing.begin(at(20), {.let_in = 11, .present = 1});
    CHECK(read(hearing, 9, 11) == 0);
    CHECK(read(hearing, 1, 11) == 1);
}

TEST_CASE("a socket that was found empty is counted from anew") {
    Hearing hearing(held);
    hearing.begin(at(10), {.let_in = 1, .present = 1});
    hearing.note_end();
    read(hearing, 3, 1);
    hearing.begin(at(20), {.let_in = 1, .present = 1});
    hearing.note_end();
    CHECK(read(hearing, 3, 1) == 0);
    CHECK(hearing.until().at == at(20));
}

}  // namespace
}  // namespace taskbbs::broker::hearing
