// From the loop to the thread that publishes: nothing is mixed up, and nobody waits for one that is
// held up.
#include "broker/event_queue.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace taskbbs::broker {
namespace {

using namespace std::chrono_literals;

std::string texts(const Events& events) {
    std::string all;
    events.each([&all](std::string_view topic, std::string_view body) {
        all.append(topic).append("=").append(body).append(" ");
    });
    return all;
}

TEST_CASE("events come out as they were added, in their order, each once") {
    EventQueue queue;
    Events events;
    queue.add("a", "1");
    queue.hand_over();
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
    queue.add("a", "1");
    queue.hand_over();
    queue.close();
    CHECK(queue.take(events));
    CHECK(texts(events) == "a=1 ");
    CHECK_FALSE(queue.take(events));
}

TEST_CASE("where nothing is sent, events are dropped beyond a bound and counted, others kept") {
    constexpr std::size_t mebi = 1U << 20;
    const std::string large(mebi, 'x');
    EventQueue queue(1ms);
    for (int i = 0; i < 40; ++i) {
        queue.add("t", large);
        queue.hand_over();
    }
    Events events;
    CHECK(queue.take(events));
    CHECK(events.count() + queue.dropped() == 40);
    CHECK(events.bytes() <= EventQueue::most);
    CHECK(events.bytes() > EventQueue::most - 2 * mebi);
    queue.take(events);
    queue.add("t", large);
    queue.hand_over();
    CHECK(queue.take(events));
    CHECK(events.count() == 1);
}

TEST_CASE("whoever hands over waits for one that sends, so that nothing is dropped") {
    constexpr std::uint64_t many = 2000;
    const std::string body(100'000, 'x');  // a few times what may wait
    EventQueue queue(1h);
    std::uint64_t sent = 0;
    std::thread publishing([&] {
        Events events;
        while (queue.take(events)) {
            events.each([&](std::string_view, std::string_view) {
                ++sent;
                queue.note_sent();
            });
        }
    });
    for (std::uint64_t i = 0; i < many; ++i) {
        queue.add("t", body);
        queue.hand_over();
    }
    queue.close();
    publishing.join();
    CHECK(queue.dropped() == 0);
    CHECK(sent == many);
}

}  // namespace
}  // namespace taskbbs::broker
