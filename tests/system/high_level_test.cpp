// Executors, requesters and watchers of the SDK against the real broker, over kill -9.
#include "broker_process.hpp"
#include "patience.hpp"

#include <taskbbs/executor.hpp>
#include <taskbbs/requester.hpp>
#include <taskbbs/watcher.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <poll.h>
#include <set>
#include <thread>

using namespace taskbbs;
using namespace taskbbs::test;

namespace {

// How often something happened, by name; from any thread.
class Counts {
  public:
    void add(const std::string& name) {
        const std::lock_guard lock(mutex_);
        ++counts_[name];
    }

    std::map<std::string, int> all() const {
        const std::lock_guard lock(mutex_);
        return counts_;
    }

    std::size_t names() const { return all().size(); }

    bool all_are_one() const {
        const std::map<std::string, int> counts = all();
        return std::all_of(
            counts.begin(), counts.end(), [](const auto& entry) { return entry.second == 1; });
    }

  private:
    mutable std::mutex mutex_;
    std::map<std::string, int> counts_;  // guarded by mutex_
};

}  // namespace

TEST_CASE("each task that is submitted runs once and comes to its outcome once, over kill -9") {
    constexpr std::size_t tasks = 300;
    BrokerProcess broker;
    const ClientOptions at{.endpoint = broker.requests()};
    Counts ran;
    Counts completed;
    auto executor = Executor::open({.executor_id = "e1", .slots = 8, .client = at},
                                   [&](const Task& task, const std::stop_token& /*stop*/) {
                                       ran.add(task.guid);
                                       return Outcome{.result = task.payload};
                                   });
    REQUIRE(executor);
    std::atomic<bool> all_right = true;
    auto requester = Requester::open({.name = "high",
                                      .handlers = {.on_completed =
                                                       [&](const Task& task) {
                                                           all_right = all_right && !task.failed &&
                                                                       task.result == "p";
                                                           completed.add(task.guid);
                                                       }},
                                      .client = at});
    REQUIRE(requester);
    for (std::size_t i = 0; i < tasks; ++i) {
        requester->submit({.payload = "p"});
        if (i % (tasks / 3) == 50) {
            broker.kill();
            broker.start();
        }
    }
    wait_until("every outcome comes", [&] { return completed.names() == tasks; });
    auto client = Client::open(at);
    wait_until("every task is resolved",
               [&] { return client->get_all_tasks({.timeout = patience})->empty(); });
    CHECK(ran.names() == tasks);
    CHECK(ran.all_are_one());
    CHECK(completed.all_are_one());
    CHECK(all_right);
    CHECK(executor->stop());
}

TEST_CASE("a requester that is opened again gets the outcomes of its former life, over kill -9") {
    BrokerProcess broker;
    const ClientOptions at{.endpoint = broker.requests()};
    {
        auto former = Requester::open({.name = "again", .client = at});
        REQUIRE(former);
        for (const char* key : {"a", "b"}) {
            REQUIRE(former->submit({.guid = key, .payload = key}).wait_until_posted(patience));
        }
    }
    broker.kill();
    broker.start();
    auto executor = Executor::open({.executor_id = "e1", .client = at},
                                   [](const Task& task, const std::stop_token& /*stop*/) {
                                       return Outcome{.result = task.payload};
                                   });
    auto requester = Requester::open({.name = "again", .client = at});
    REQUIRE((executor && requester));
    const auto open = requester->open_tasks({.timeout = patience});
    REQUIRE(open);
    REQUIRE(open->size() == 2);
    for (const SubmittedTask& task : *open) {
        const Result<Task> done = task.wait(patience);
        REQUIRE(done);
        CHECK("again-" + done->result == task.guid());
    }
}

TEST_CASE("a watcher shows what the board lists, over kill -9") {
    BrokerProcess broker;
    const ClientOptions at{.endpoint = broker.requests()};
    auto client = Client::open(at);
    auto watcher = Watcher::open({.client = at});
    REQUIRE((client && watcher));
    REQUIRE(watcher->wait_until_live(patience));
    const auto agrees = [&] {
        const Result<std::vector<Task>> listed =
            client->list_all({.limit = 1000}, {.timeout = patience});
        const std::map<std::string, Task> shown = watcher->snapshot();
        return listed && listed->size() == shown.size() &&
               std::all_of(listed->begin(), listed->end(), [&](const Task& task) {
                   const auto found = shown.find(task.guid);
                   return found != shown.end() && found->second.seq == task.seq &&
                          found->second.state == task.state;
               });
    };
    for (int life = 0; life < 3; ++life) {
        for (int i = 0; i < 20; ++i) {
            const std::string guid = "g" + std::to_string(life) + "-" + std::to_string(i);
            REQUIRE(client->desire_task({.guid = guid}, {.timeout = patience}));
            if (i % 2 == 0) {
                REQUIRE(client->cancel({.guid = guid}, {.timeout = patience}));
            }
            if (i % 4 == 0) {
                const auto owned = client->resolving_task(guid, {.timeout = patience});
                REQUIRE(owned);
                REQUIRE(client->resolve_task(guid, owned->epoch, {.timeout = patience}));
            }
        }
        broker.kill();
        broker.start();
    }
    wait_until("the watcher agrees with the board", agrees);
    CHECK(watcher->size() == 45);
}

TEST_CASE("one descriptor and dispatch() are all that a foreign loop needs") {
    BrokerProcess broker;
    auto queue = Queue::open();
    REQUIRE(queue);
    const ClientOptions at{.endpoint = broker.requests(), .post = queue->poster()};
    std::set<std::thread::id> seen;
    const auto here = [&] { seen.insert(std::this_thread::get_id()); };
    int completed = 0;
    auto executor =
        Executor::open({.executor_id = "e1", .slots = 4, .run_on = queue->poster(), .client = at},
                       [&](const Task& /*task*/, const std::stop_token& /*stop*/) {
                           here();
                           return Outcome{};
                       });
    auto requester = Requester::open({.name = "loop",
                                      .handlers = {.on_completed =
                                                       [&](const Task& /*task*/) {
                                                           here();
                                                           ++completed;
                                                       }},
                                      .client = at});
    REQUIRE((executor && requester));
    for (int i = 0; i < 50; ++i) {
        requester->submit({});
    }
    while (completed < 50) {
        pollfd polled{.fd = queue->fd(), .events = POLLIN, .revents = 0};
        REQUIRE(poll(&polled, 1, static_cast<int>(milliseconds(patience).count())) == 1);
        queue->dispatch();
    }
    CHECK(seen == std::set{std::this_thread::get_id()});
    // Nothing of it runs any more: the functions that wait in the queue are given back.
    CHECK(executor->stop(milliseconds(0)));
}
