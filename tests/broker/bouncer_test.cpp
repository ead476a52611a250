// Who holds a place and never said anything, where others want one.
#include "broker/bouncer.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace taskbbs::broker::bouncing {
namespace {

using core::Time;
using namespace std::chrono_literals;

const Time start{std::chrono::hours(1)};

std::map<int, Received> sent;

Received sent_by(int descriptor) {
    return sent[descriptor];
}

struct Door {
    Bouncer::Descriptors requesters;
    Bouncer::Descriptors subscribers;
    Bouncer bouncer{requesters, subscribers, sent_by, 1U << 20};

    explicit Door(std::map<int, Received> all) {
        sent = std::move(all);
        for (const auto& [descriptor, received] : sent) {
            requesters.insert(descriptor);
        }
    }
};

TEST_CASE("who only greeted gives way after ten seconds, who said more never does") {
    Door door({{1, {100, 9s}}, {2, {150, 24h}}});
    CHECK(door.bouncer.take_idle(start) == -1);
    sent[1].quiet = 10s;
    CHECK(door.bouncer.take_idle(start + 1s) == 1);
    CHECK(door.bouncer.take_idle(start + 1s) == -1);
}

TEST_CASE("who spoke since it was found keeps its place, and so does who has it now") {
    Door door({{1, {100, 20s}}, {2, {100, 20s}}, {3, {100, 20s}}});
    CHECK(door.bouncer.take_idle(start) == 3);
    sent[2].quiet = 0s;
    door.bouncer.forget(1);
    CHECK(door.bouncer.take_idle(start) == -1);
}

// Those of the events socket who are hung up on.
std::vector<int> dropped(std::map<int, Received> all) {
    Door door({});
    sent = std::move(all);
    for (const auto& [descriptor, received] : sent) {
        door.subscribers.insert(descriptor);
    }
    return door.bouncer.look(0, start, start).subscribers;
}

constexpr std::uint64_t kib = 1024;

TEST_CASE("a subscriber has 256 KiB of subscriptions") {
    CHECK(dropped({{1, {256 * kib, 0s, 0s}}, {2, {256 * kib + 1, 0s, 0s}}}) == std::vector{2});
}

TEST_CASE("what shows for a week that a subscriber is there is no subscription") {
    CHECK(dropped({{1, {168 * 3600 * 10, 0s, 168h}}}).empty());
}

TEST_CASE("all subscribers have 4 MiB of subscriptions: those go who have most") {
    std::map<int, Received> all;
    for (int fd = 0; fd < 30; ++fd) {
        all[fd] = {150 * kib, 0s, 0s};
    }
    all[7].bytes = 200 * kib;
    all[9].bytes = 250 * kib;
    CHECK(dropped(all) == std::vector{9, 7, 29});
    all[0].bytes = all[1].bytes = all[2].bytes = all[3].bytes = 1;
    CHECK(dropped(all).empty());
}

TEST_CASE("they are not looked for again and again where there are none") {
    Door door({{1, {100, 0s}}});
    CHECK(door.bouncer.take_idle(start) == -1);
    sent[1].quiet = 20s;
    CHECK(door.bouncer.take_idle(start + 50ms) == -1);
    CHECK(door.bouncer.take_idle(start + 150ms) == 1);
}

}  // namespace
}  // namespace taskbbs::broker::bouncing
