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

TEST_CASE("they are not looked for again and again where there are none") {
    Door door({{1, {100, 0s}}});
    CHECK(door.bouncer.take_idle(start) == -1);
    sent[1].quiet = 20s;
    CHECK(door.bouncer.take_idle(start + 50ms) == -1);
    CHECK(door.bouncer.take_idle(start + 150ms) == 1);
}

}  // namespace
}  // namespace taskbbs::broker::bouncing
