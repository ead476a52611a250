// Who sends without end what never becomes a message.
#include "broker/hoarders.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::broker::hoarding {
namespace {

using core::Time;
using namespace std::chrono_literals;

constexpr std::uint64_t mib = 1U << 20;
constexpr std::uint64_t most = 5 * mib;
const Time start{std::chrono::hours(1)};

// A round over a single connection.
bool found(Hoarders& hoarders, int connection, std::uint64_t bytes, bool all_handled = true) {
    hoarders.begin_round();
    return hoarders.has(connection, bytes, all_handled);
}

TEST_CASE("they are watched for a while once memory has grown by much, not from the start") {
    Hoarders hoarders(most);
    hoarders.note_memory(100 * mib, start);
    CHECK_FALSE(hoarders.are_watched(start));
    hoarders.note_memory(150 * mib, start);
    CHECK_FALSE(hoarders.are_watched(start));
    hoarders.note_memory(170 * mib, start);
    CHECK(hoarders.are_watched(start + 9s));
    CHECK_FALSE(hoarders.are_watched(start + 11s));
}

TEST_CASE("what memory grew by counts from the least that it was since") {
    Hoarders hoarders(most);
    hoarders.note_memory(300 * mib, start);
    hoarders.note_memory(100 * mib, start);
    hoarders.note_memory(170 * mib, start);
    CHECK(hoarders.are_watched(start));
}

TEST_CASE("who sends more than a message and of whom none comes is found") {
    Hoarders hoarders(most);
    CHECK_FALSE(found(hoarders, 7, 100 * mib));
    CHECK_FALSE(found(hoarders, 7, 104 * mib));
    CHECK(found(hoarders, 7, 106 * mib));
}

TEST_CASE("who is quiet meanwhile is not") {
    Hoarders hoarders(most);
    hoarders.begin_round();
    CHECK_FALSE(hoarders.has(7, 100 * mib, true));
    CHECK_FALSE(hoarders.has(8, 100 * mib, true));
    hoarders.begin_round();
    CHECK(hoarders.has(7, 106 * mib, true));
    CHECK_FALSE(hoarders.has(8, 100 * mib, true));
}

TEST_CASE("a message of its own clears a connection, before and after it was looked at") {
    Hoarders hoarders(most);
    found(hoarders, 7, 0);
    hoarders.note_message(7);
    CHECK_FALSE(found(hoarders, 7, 6 * mib));
    hoarders.begin_round();
    hoarders.note_message(7);
    CHECK_FALSE(hoarders.has(7, 12 * mib, true));
    CHECK(found(hoarders, 7, 18 * mib));
}

TEST_CASE("nobody is judged while messages may lie unread") {
    Hoarders hoarders(most);
    found(hoarders, 7, 0);
    CHECK_FALSE(found(hoarders, 7, 60 * mib, false));
    CHECK_FALSE(found(hoarders, 7, 64 * mib));
    CHECK(found(hoarders, 7, 66 * mib));
}

TEST_CASE("of whom nothing was known in the round before begins anew") {
    Hoarders hoarders(most);
    found(hoarders, 7, 100 * mib);
    hoarders.begin_round();
    CHECK_FALSE(found(hoarders, 7, 200 * mib));
}

TEST_CASE("a descriptor that is another connection's by now begins anew") {
    Hoarders hoarders(most);
    found(hoarders, 7, 100 * mib);
    CHECK_FALSE(found(hoarders, 7, 1 * mib));
    CHECK_FALSE(found(hoarders, 7, 5 * mib));
}

}  // namespace
}  // namespace taskbbs::broker::hoarding
