// Whose end is told.
#include "broker/followed.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::broker {
namespace {

using Peers = std::vector<Peer>;

TEST_CASE("a followed peer is told once, when its connection is gone") {
    Followed followed;
    followed.add(5, "a", true);
    followed.add(5, "a", true);
    followed.add(6, "b", true);
    followed.note_gone(7);
    CHECK(followed.take_gone().empty());
    followed.note_gone(5);
    followed.note_gone(5);
    CHECK(followed.take_gone() == Peers{"a"});
    CHECK(followed.take_gone().empty());
}

TEST_CASE("whose message is handled after its connection's end is gone at once") {
    Followed followed;
    followed.add(5, "a", false);
    CHECK(followed.take_gone() == Peers{"a"});
}

TEST_CASE("who comes back under its name before its end was told is there") {
    Followed followed;
    followed.add(5, "a", true);
    followed.note_gone(5);
    followed.add(6, "a", true);
    CHECK(followed.take_gone().empty());
    followed.note_gone(6);
    CHECK(followed.take_gone() == Peers{"a"});
}

TEST_CASE("a descriptor that is another connection's now tells of both when that is gone") {
    Followed followed;
    followed.add(5, "a", true);
    followed.add(5, "b", true);
    followed.note_gone(5);
    CHECK(followed.take_gone() == Peers{"a", "b"});
}

}  // namespace
}  // namespace taskbbs::broker
