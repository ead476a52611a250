// Acquires that wait: who is found for which task (docs/protocol.md, section 4, "Acquire").
#include "broker/core/waiters.hpp"

#include "tests/core/times.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::core {
namespace {

using namespace std::chrono_literals;
using core_test::noon;

SessionId session(char name) {
    SessionId id;
    id.bytes[0] = name;
    return id;
}

Waiter waiter(char name,
              std::vector<std::string> stacks = {},
              std::vector<std::string> domains = {}) {
    return {.reply_to = std::string(1, name),
            .session = session(name),
            .id = 1,
            .executor_id = std::string("e-") + name,
            .stacks = std::move(stacks),
            .domains = std::move(domains),
            .until = noon};
}

std::string all_matches(const Waiters& waiters, std::string_view domain, std::string_view stack) {
    std::string found;
    for (auto ticket = waiters.match(domain, stack, 0); ticket != 0;
         ticket = waiters.match(domain, stack, ticket)) {
        found += waiters.wants(ticket, domain) ? waiters[ticket].reply_to : "";
    }
    return found;
}

TEST_CASE("a task finds the waiters that it matches, in the order in which they came") {
    Waiters waiters;
    waiters.add(waiter('a', {"s1"}));
    waiters.add(waiter('b'));
    waiters.add(waiter('c', {"s2", "s1"}, {"d1"}));
    waiters.add(waiter('d', {}, {"d1", "d2"}));
    waiters.add(waiter('e', {""}, {"d2"}));
    CHECK(all_matches(waiters, "d1", "s1") == "abcd");
    CHECK(all_matches(waiters, "d2", "s1") == "abd");
    CHECK(all_matches(waiters, "d3", "s2") == "b");
    CHECK(all_matches(waiters, "d2", "") == "bde");
}

TEST_CASE("many stacks and domains at once are matched exactly all the same") {
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i) {
        names.push_back("n" + std::to_string(i));
    }
    Waiters waiters;
    waiters.add(waiter('a', names, names));
    waiters.add(waiter('b', {}, names));
    CHECK(all_matches(waiters, "n39", "n0") == "ab");
    CHECK(all_matches(waiters, "x", "n0").empty());
    CHECK(all_matches(waiters, "n1", "x") == "b");
}

TEST_CASE("a waiter that was taken is found nowhere any more") {
    Waiters waiters;
    waiters.add(waiter('a', {"s1", "s2"}, {"d1", "d2"}));
    const Waiter taken = waiters.take(waiters.match("d1", "s2", 0));
    CHECK(taken.reply_to == "a");
    CHECK(waiters.size() == 0);
    CHECK(all_matches(waiters, "d1", "s1").empty());
    CHECK(all_matches(waiters, "d2", "s2").empty());
    CHECK_FALSE(waiters.next_deadline());
    CHECK_FALSE(waiters.has(session('a'), "e-a"));
    CHECK(waiters.take_executor("e-a").empty());
}

TEST_CASE("a waiter named twice with one stack is one waiter") {
    Waiters waiters;
    waiters.add(waiter('a', {"s", "s"}));
    CHECK(all_matches(waiters, "d", "s") == "a");
    waiters.take(waiters.match("d", "s", 0));
    CHECK(waiters.size() == 0);
}

TEST_CASE(
    "the same request takes over its place, another one of session and executor replaces it") {
    Waiters waiters;
    waiters.add(waiter('a'));
    waiters.add(waiter('b'));
    Waiter again = waiter('a', {"s"});
    again.reply_to = "A";
    CHECK_FALSE(waiters.add(again));
    CHECK(all_matches(waiters, "d", "s") == "Ab");
    CHECK(all_matches(waiters, "d", "t") == "b");
    Waiter other = waiter('a');
    other.id = 2;
    const auto replaced = waiters.add(other);
    REQUIRE(replaced);
    CHECK(replaced->reply_to == "A");
    CHECK(all_matches(waiters, "d", "s") == "ba");
}

TEST_CASE("waits end by time, the earliest first") {
    Waiters waiters;
    Waiter late = waiter('a');
    late.until = noon + 2s;
    waiters.add(late);
    Waiter early = waiter('b');
    early.until = noon + 1s;
    waiters.add(early);
    CHECK(waiters.next_deadline() == noon + 1s);
    CHECK(waiters.take_over_time(noon + 1s - 1ns, 10).empty());
    const auto over = waiters.take_over_time(noon + 1s, 10);
    REQUIRE(over.size() == 1);
    CHECK(over.front().reply_to == "b");
    CHECK(waiters.take_over_time(noon + 1h, 10).size() == 1);
}

TEST_CASE("of many waits that end at once so many are taken as are asked for") {
    Waiters waiters;
    for (const char name : std::string_view("abc")) {
        Waiter one = waiter(name);
        one.until = noon + 1s;
        waiters.add(one);
    }
    CHECK(waiters.take_over_time(noon + 1s, 2).size() == 2);
    CHECK(waiters.next_deadline() == noon + 1s);
    CHECK(waiters.take_over_time(noon + 1s, 2).size() == 1);
}

TEST_CASE("an ack ends the waits of its session up to that id, and no others") {
    Waiters waiters;
    Waiter first = waiter('a');
    first.id = 3;
    waiters.add(first);
    Waiter second = waiter('a');
    second.id = 5;
    second.executor_id = "another";
    waiters.add(second);
    waiters.add(waiter('b'));
    CHECK(waiters.take_acked(session('a'), 2).empty());
    CHECK(waiters.take_acked(session('a'), 4).size() == 1);
    CHECK(waiters.take_acked(session('a'), 5).size() == 1);
    CHECK(waiters.size() == 1);
}

TEST_CASE("an executor's waits end together, whatever their session") {
    Waiters waiters;
    waiters.add(waiter('a'));
    Waiter other = waiter('b');
    other.executor_id = "e-a";
    waiters.add(other);
    waiters.add(waiter('c'));
    CHECK(waiters.take_executor("e-a").size() == 2);
    CHECK(waiters.size() == 1);
    CHECK(waiters.take_executor("unheard-of").empty());
}

}  // namespace
}  // namespace taskbbs::core
