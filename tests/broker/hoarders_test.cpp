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

using Ones = std::vector<int>;

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
    CHECK(hoarders.scan({{7, 100 * mib}, {8, 0}}, true).empty());
    CHECK(hoarders.scan({{7, 104 * mib}, {8, 0}}, true).empty());
    CHECK(hoarders.scan({{7, 106 * mib}, {8, 0}}, true) == Ones{7});
}

TEST_CASE("a message of its own clears a connection") {
    Hoarders hoarders(most);
    hoarders.scan({{7, 0}}, true);
    hoarders.note_message(7);
    CHECK(hoarders.scan({{7, 6 * mib}}, true).empty());
    CHECK(hoarders.scan({{7, 12 * mib}}, true) == Ones{7});
}

TEST_CASE("nobody is judged while messages may lie unread") {
    Hoarders hoarders(most);
    hoarders.scan({{7, 0}}, true);
    CHECK(hoarders.scan({{7, 60 * mib}}, false).empty());
    CHECK(hoarders.scan({{7, 64 * mib}}, true).empty());
    CHECK(hoarders.scan({{7, 66 * mib}}, true) == Ones{7});
}

TEST_CASE("a descriptor that is another connection's by now begins anew") {
    Hoarders hoarders(most);
    hoarders.scan({{7, 100 * mib}}, true);
    CHECK(hoarders.scan({{7, 1 * mib}}, true).empty());
    CHECK(hoarders.scan({{7, 5 * mib}}, true).empty());
}

}  // namespace
}  // namespace taskbbs::broker::hoarding
