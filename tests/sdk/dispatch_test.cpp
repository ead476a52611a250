// Where callbacks run.
#include "sdk/call_line.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <poll.h>
#include <thread>
#include <vector>

using namespace taskbbs;
using namespace taskbbs::sdk;

namespace {

bool is_readable(const Queue& queue) {
    pollfd polled{.fd = queue.fd(), .events = POLLIN, .revents = 0};
    return poll(&polled, 1, 0) == 1;
}

}  // namespace

TEST_CASE("a queue's descriptor is readable while something waits") {
    Queue queue = *Queue::open();
    CHECK_FALSE(is_readable(queue));
    queue.poster()([] {});
    CHECK(is_readable(queue));
    CHECK(queue.dispatch() == 1);
    CHECK_FALSE(is_readable(queue));
}

TEST_CASE("a queue runs what was there in order, and what that posts the next time") {
    Queue queue = *Queue::open();
    const Post post = queue.poster();
    std::vector<int> ran;
    post([&] {
        ran.push_back(1);
        post([&] { ran.push_back(3); });
    });
    post([&] { ran.push_back(2); });
    CHECK(queue.dispatch() == 2);
    CHECK(ran == std::vector{1, 2});
    CHECK(is_readable(queue));
    CHECK(queue.dispatch() == 1);
    CHECK(ran == std::vector{1, 2, 3});
}

TEST_CASE("what a queue's callback throws passes through, and the rest waits") {
    Queue queue = *Queue::open();
    bool ran = false;
    queue.poster()([] { throw 1; });
    queue.poster()([&] { ran = true; });
    CHECK_THROWS(queue.dispatch());
    CHECK(is_readable(queue));
    queue.dispatch();
    CHECK(ran);
}

TEST_CASE("what a callback of an object throws passes through a queue, and its next ones run") {
    Queue queue = *Queue::open();
    bool ran = false;
    CallLine line(queue.poster());
    line.run([] { throw 1; });
    line.run([&] { ran = true; });
    CHECK_THROWS(queue.dispatch());
    queue.dispatch();
    CHECK(ran);
    std::thread([&] { line.close(); }).join();
}

TEST_CASE("what is posted to a queue that is gone is dropped") {
    const auto kept = std::make_shared<int>(1);
    Post post;
    {
        Queue queue = *Queue::open();
        post = queue.poster();
        post([kept] {});
    }
    CHECK(kept.use_count() == 1);
    post([kept] {});
    CHECK(kept.use_count() == 1);
}

TEST_CASE("callbacks of one line run one at a time and in order, whatever runs them") {
    std::vector<std::function<void()>> posted;
    CallLine line([&](std::function<void()> call) { posted.push_back(std::move(call)); });
    std::vector<int> ran;
    std::atomic<int> at_once = 0;
    bool overlapped = false;
    for (int i = 0; i < 1000; ++i) {
        line.run([&, i] {
            overlapped = overlapped || ++at_once > 1;
            ran.push_back(i);
            --at_once;
        });
    }
    std::vector<std::thread> threads;
    for (std::size_t first = 0; first < 4; ++first) {
        threads.emplace_back([&posted, first] {
            for (std::size_t i = first; i < posted.size(); i += 4) {
                posted[i]();
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK_FALSE(overlapped);
    REQUIRE(ran.size() == 1000);
    CHECK(std::is_sorted(ran.begin(), ran.end()));
}

TEST_CASE("a line that was closed runs nothing more, not even what was posted before") {
    std::vector<std::function<void()>> posted;
    bool ran = false;
    CallLine line([&](std::function<void()> call) { posted.push_back(std::move(call)); });
    line.run([&] { ran = true; });
    line.close();
    posted.at(0)();
    line.run([&] { ran = true; });
    CHECK_FALSE(ran);
    CHECK(posted.size() == 1);
}

TEST_CASE("a line may be closed by a callback of its own") {
    Queue queue = *Queue::open();
    CallLine line(queue.poster());
    bool ran = false;
    line.run([&] { line.close(); });
    line.run([&] { ran = true; });
    queue.dispatch();
    CHECK_FALSE(ran);
}

TEST_CASE("a line without a place runs its callbacks where they are made") {
    CallLine line({});
    std::thread::id ran_on;
    line.run([&] { ran_on = std::this_thread::get_id(); });
    CHECK(ran_on == std::this_thread::get_id());
    CHECK_FALSE(line.posts());
}
