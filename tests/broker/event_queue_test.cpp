// From the loop to the thread that publishes: nothing is mixed up, and nobody waits for one that is
// held up.
#include "broker/event_queue.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace taskbbs::broker {
namespace {

using namespace std::chrono_literals;
using core::Time;

constexpr std::size_t mebi = 1U << 20;
const std::string large(mebi, 'x');
const Time start{std::chrono::hours(1)};

std::string texts(const Events& events) {
    std::string all;
    events.each([&all](std::string_view topic, std::string_view body) {
        all.append(topic).append("=").append(body).append(" ");
    });
    return all;
}

void hand_over(EventQueue& queue, std::string_view topic, std::string_view body) {
    queue.add(topic, body);
    queue.hand_over();
}

TEST_CASE("events come out as they were added, in their order, each once") {
    EventQueue queue;
    Events events;
    hand_over(queue, "a", "1");
    queue.add("", "2");
    queue.add("c", "");
    queue.hand_over();
    queue.add("d", "not handed over");
    CHECK(queue.take(events));
    CHECK(texts(events) == "a=1 =2 c= ");
    CHECK(queue.take(events));
    CHECK(events.empty());
}

TEST_CASE("what was handed over before the end still comes, then the end") {
    EventQueue queue;
    Events events;
    hand_over(queue, "a", "1");
    queue.close();
    CHECK(queue.take(events));
    CHECK(texts(events) == "a=1 ");
    CHECK_FALSE(queue.take(events));
}

TEST_CASE("what waits is what was handed over, less what was sent") {
    EventQueue queue;
    Events events;
    hand_over(queue, "t", large);
    hand_over(queue, "u", "1");
    CHECK(queue.waiting() > mebi);
    queue.take(events);
    CHECK(queue.waiting() == events.bytes());
    queue.note_sent("t", large);
    CHECK(queue.waiting() == Events::bytes_of("u", "1"));
    queue.note_sent("u", "1");
    CHECK(queue.waiting() == 0);
}

TEST_CASE("where too much waits events are dropped and counted, but for ticks") {
    EventQueue queue;
    for (int i = 0; i < 40; ++i) {
        queue.add("t", large);
        queue.add("tick", "1");
        queue.hand_over();
    }
    Events events;
    CHECK(queue.take(events));
    CHECK(events.count() + queue.dropped() == 80);
    CHECK(queue.dropped() == 8);
}

TEST_CASE("the loop rests while more waits than enough and events are sent") {
    EventQueue queue;
    CHECK_FALSE(queue.wants_rest(start));
    hand_over(queue, "t", large);
    hand_over(queue, "t", "1");
    queue.note_sent("t", "1");
    CHECK(queue.wants_rest(start));
    CHECK(queue.wants_rest(start + 19ms));
    queue.note_sent("t", large);
    CHECK_FALSE(queue.wants_rest(start + 19ms));
}

TEST_CASE("the loop does not rest for a publisher that is held up, until that goes on") {
    EventQueue queue;
    hand_over(queue, "t", large);
    hand_over(queue, "t", large);
    queue.note_sent("t", "");
    CHECK(queue.wants_rest(start));
    CHECK_FALSE(queue.wants_rest(start + 20ms));
    queue.note_sent("t", "");
    CHECK(queue.wants_rest(start + 30ms));
}

TEST_CASE("the loop has its turn after a long rest, whatever waits") {
    EventQueue queue;
    hand_over(queue, "t", large);
    hand_over(queue, "t", large);
    int turns = 0;
    for (auto at = start; at < start + 2s; at += 10ms) {
        queue.note_sent("t", "");
        turns += queue.wants_rest(at) ? 0 : 1;
    }
    CHECK(turns == 33);
}

TEST_CASE("a buffer gives back the memory of very many events") {
    Events events;
    events.add("t", large + large);
    events.clear();
    events.add("t", "1");
    CHECK(events.held() < mebi);
}

TEST_CASE("events that many hand-overs gave to another thread arrive in their order") {
    EventQueue queue;
    std::uint64_t next = 0;
    bool in_order = true;
    std::thread publishing([&] {
        Events events;
        while (queue.take(events)) {
            events.each([&](std::string_view topic, std::string_view body) {
                in_order = in_order && body == std::to_string(next++);
                queue.note_sent(topic, body);
            });
        }
    });
    constexpr int many = 20'000;
    for (int i = 0; i < many; ++i) {
        hand_over(queue, "t", std::to_string(i));
    }
    queue.close();
    publishing.join();
    CHECK(in_order);
    CHECK(next == many);
    CHECK(queue.waiting() == 0);
}

}  // namespace
}  // namespace taskbbs::broker
