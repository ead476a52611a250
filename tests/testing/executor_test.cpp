// Executors in front of the real board, by a clock that is turned.
#include "stage.hpp"

#include <deque>
#include <latch>
#include <stdexcept>
#include <thread>

using namespace taskbbs;
using namespace taskbbs::testing;
using namespace std::chrono_literals;

namespace {

// An executor whose functions run when the test says so.
struct Shop : Stage {
    explicit Shop(TaskFunction run, std::int64_t slots = 1) {
        auto opened = Executor::open(
            {.executor_id = "e",
             .slots = slots,
             .run_on = [this](std::function<void()> call) { runs.push_back(std::move(call)); },
             .handlers = {.on_done =
                              [this](const Task& task, Fate fate, const Outcome&) {
                                  fates.emplace_back(task.guid, fate);
                              },
                          .on_stopped =
                              [this](const std::optional<Error>& error) {
                                  stopped = true;
                                  why = error;
                              }},
             .client = here()},
            std::move(run));
        executor.emplace(*std::move(opened));
        settle();
    }

    ~Shop() {
        // The destructor waits for what nobody would turn the clock for.
        executor->begin_stop(0ms);
        for (int i = 0; i < 10 && !stopped; ++i) {
            pass(10s);
            run_all();
        }
    }

    Shop(const Shop&) = delete;
    Shop& operator=(const Shop&) = delete;

    void desire(const std::string& guid, Task task = {}) {
        task.guid = guid;
        REQUIRE(requester.desire_task(task));
        settle();
    }

    // Runs the functions that were handed over, on this thread.
    void run_all() {
        while (!runs.empty()) {
            const auto run = std::move(runs.front());
            runs.pop_front();
            run();
            settle();
        }
    }

    using Fates = std::vector<std::pair<std::string, Fate>>;

    std::deque<std::function<void()>> runs;
    Fates fates;
    bool stopped = false;
    std::optional<Error> why;
    Client requester = client();
    std::optional<Executor> executor;
};

Outcome echo(const Task& task, const std::stop_token& /*stop*/) {
    return {.result = task.payload};
}

}  // namespace

TEST_CASE("an executor acquires, starts, runs and completes") {
    Shop shop(echo);
    shop.desire("g", {.payload = "p"});
    CHECK(shop.state_of("g") == State::running);
    REQUIRE(shop.runs.size() == 1);
    shop.run_all();
    CHECK(shop.state_of("g") == State::completed);
    CHECK(shop.broker.task("g")->result == "p");
    CHECK_FALSE(shop.broker.task("g")->failed);
    CHECK(shop.fates == Shop::Fates{{"g", Fate::completed}});
}

TEST_CASE("an executor has no more tasks than slots, and takes the next when one is done") {
    Shop shop(echo, 2);
    for (const char* guid : {"a", "b", "c"}) {
        shop.desire(guid);
    }
    CHECK(shop.runs.size() == 2);
    CHECK(shop.executor->tasks() == 2);
    CHECK(shop.state_of("c") == State::pending);
    shop.run_all();
    CHECK(shop.fates.size() == 3);
}

TEST_CASE("what a task function throws is a failed outcome, with its words") {
    Shop shop([](const Task&, const std::stop_token&) -> Outcome {
        throw std::runtime_error("no such compiler");
    });
    shop.desire("g");
    shop.run_all();
    CHECK(shop.broker.task("g")->failed);
    CHECK(shop.broker.task("g")->failure_reason == "no such compiler");
}

TEST_CASE("a task function that gives its task back has it pending again, with its reason") {
    Shop shop([](const Task&, const std::stop_token&) -> Outcome {
        throw GiveBack{.reason = "not now", .delay = 1h};
    });
    shop.desire("g");
    shop.run_all();
    CHECK(shop.state_of("g") == State::pending);
    CHECK(shop.broker.task("g")->rejection_reason == "not now");
    CHECK(shop.fates == Shop::Fates{{"g", Fate::given_back}});
}

TEST_CASE("a function is told to stop when its task is cancelled, and its outcome is dropped") {
    std::stop_token given;
    Shop* here = nullptr;
    Shop shop([&](const Task& task, const std::stop_token& stop) {
        REQUIRE(here->requester.cancel({.guid = task.guid}));
        here->broker.advance(5s);  // the next heartbeat tells
        given = stop;
        return Outcome{.result = "late"};
    });
    here = &shop;
    shop.desire("g");
    shop.run_all();
    CHECK(given.stop_requested());
    CHECK(shop.broker.task("g")->result.empty());
    CHECK(shop.fates == Shop::Fates{{"g", Fate::lost}});
}

TEST_CASE("an outcome whose reply is lost is reported until it is known, and accepted once") {
    Shop shop(echo);
    shop.desire("g", {.payload = "p"});
    shop.broker.lose_replies(true);
    shop.runs.front()();
    shop.runs.clear();
    shop.pass(6min);  // longer than the call itself waits
    CHECK(shop.fates.empty());
    shop.broker.lose_replies(false);
    shop.pass(1min);
    CHECK(shop.fates == Shop::Fates{{"g", Fate::completed}});
    CHECK(shop.broker.task("g")->result == "p");
}

TEST_CASE("what runs goes on while the broker is away, and is reported when it is back") {
    Shop shop(echo);
    shop.desire("g");
    shop.broker.stop();
    shop.runs.front()();
    shop.runs.clear();
    shop.pass(10s);
    shop.broker.start();
    shop.pass(10s);
    CHECK(shop.state_of("g") == State::completed);
    CHECK(shop.fates == Shop::Fates{{"g", Fate::completed}});
}

TEST_CASE("stopping finishes what runs, takes nothing more and leaves the board") {
    Shop shop(echo);
    shop.desire("g");
    shop.executor->begin_stop();
    shop.settle();
    shop.desire("later");
    CHECK_FALSE(shop.stopped);
    shop.run_all();
    shop.pass(1s);
    CHECK(shop.stopped);
    CHECK_FALSE(shop.why);
    CHECK(shop.state_of("g") == State::completed);
    CHECK(shop.state_of("later") == State::pending);
    CHECK(shop.requester.executors({}).value().executors.empty());
}

TEST_CASE("stopping gives back what was handed over and has not begun, when its time is over") {
    Shop shop(echo);
    shop.desire("g");
    shop.executor->begin_stop(10s);
    shop.pass(9s);
    CHECK(shop.state_of("g") == State::running);
    shop.pass(1s);
    CHECK(shop.state_of("g") == State::pending);
    shop.run_all();  // what comes too late does nothing
    CHECK(shop.fates == Shop::Fates{{"g", Fate::given_back}});
    CHECK(shop.stopped);
}

TEST_CASE("an executor that another process has replaced stops what it runs, and says why") {
    Shop shop(echo);
    shop.desire("g");
    REQUIRE(shop.requester.heartbeat({.executor_id = "e", .incarnation = "another"}));
    shop.pass(5s);
    shop.run_all();
    CHECK(shop.stopped);
    REQUIRE(shop.why);
    CHECK(shop.why->is(Status::not_owner));
    CHECK(shop.executor->wait().error().is(Status::not_owner));
    CHECK(shop.broker.task("g")->failed);
}

TEST_CASE("an executor that an operator drains takes nothing until that is over") {
    Shop shop(echo);
    REQUIRE(shop.requester.drain({.executor_id = "e", .on = true}));
    shop.pass(5s);
    CHECK(shop.executor->draining());
    shop.desire("g");
    shop.pass(5s);
    CHECK(shop.state_of("g") == State::pending);
    REQUIRE(shop.requester.drain({.executor_id = "e", .on = false}));
    shop.pass(5s);
    CHECK(shop.state_of("g") == State::running);
}

TEST_CASE("without a place of the user's, functions run on threads of the executor's own") {
    FakeBroker broker;
    auto client = *Client::open(broker.client_options());
    std::atomic<int> at_once = 0;
    std::latch done(3);
    const auto on_done = [&](const Task&, Fate, const Outcome&) { done.count_down(); };
    auto executor = *Executor::open({.executor_id = "e",
                                     .slots = 3,
                                     .handlers = {.on_done = on_done},
                                     .client = broker.client_options()},
                                    [&](const Task& task, const std::stop_token& /*stop*/) {
                                        ++at_once;
                                        at_once.notify_all();
                                        for (int seen = at_once; seen < 3; seen = at_once) {
                                            at_once.wait(seen);
                                        }
                                        return Outcome{.result = task.guid};
                                    });
    for (const char* guid : {"a", "b", "c"}) {
        REQUIRE(client.desire_task({.guid = guid}));
    }
    done.wait();
    REQUIRE(executor.stop());
    for (const char* guid : {"a", "b", "c"}) {
        CHECK(broker.task(guid)->result == guid);
    }
}

TEST_CASE("an executor that goes tells its functions to stop, and waits for them") {
    FakeBroker broker;
    auto client = *Client::open(broker.client_options());
    std::atomic<bool> begun = false;
    {
        auto executor =
            *Executor::open({.executor_id = "e", .client = broker.client_options()},
                            [&](const Task& /*task*/, const std::stop_token& stop) -> Outcome {
                                begun = true;
                                begun.notify_one();
                                while (!stop.stop_requested()) {
                                    std::this_thread::yield();
                                }
                                throw GiveBack{.reason = "cut off"};
                            });
        REQUIRE(client.desire_task({.guid = "g"}));
        begun.wait(false);
    }
    CHECK(broker.task("g")->state == State::pending);
    CHECK(broker.task("g")->rejection_reason == "cut off");
}

TEST_CASE("waiting for an executor inside of a function of its own is misuse") {
    std::optional<Code> stopping;
    std::optional<Code> waiting;
    Shop* here = nullptr;
    Shop shop([&](const Task& /*task*/, const std::stop_token& /*stop*/) {
        stopping = here->executor->stop(1s).error().code;
        waiting = here->executor->wait().error().code;
        return Outcome{};
    });
    here = &shop;
    shop.desire("g");
    shop.run_all();
    CHECK(stopping == Code::misuse);
    CHECK(waiting == Code::misuse);
    CHECK(shop.fates == Shop::Fates{{"g", Fate::completed}});
}

TEST_CASE("an executor can go while its broker is stopped, has just come back, or is gone") {
    std::optional<FakeBroker> broker(std::in_place);
    {
        const auto executor =
            Executor::open({.executor_id = "e", .client = broker->client_options()}, echo);
        REQUIRE(executor);
        broker->settle();
        broker->stop();
        switch (GENERATE(0, 1, 2)) {
            case 0:
                break;
            case 1:
                broker->start();
                broker->settle();
                break;
            default:
                broker.reset();
        }
    }
    SUCCEED("its destructor has returned");
}

TEST_CASE("an executor that stops does not take its successor of the same name along") {
    Shop shop(echo);
    shop.broker.advance(1s);
    auto successor = Executor::open({.executor_id = "e", .client = shop.broker.client_options()},
                                    [](const Task& task, const std::stop_token& stop) {
                                        while (!stop.stop_requested()) {
                                            std::this_thread::yield();
                                        }
                                        return echo(task, stop);
                                    });
    REQUIRE(successor);
    REQUIRE(successor->wait_until_present(patience));
    shop.broker.settle();
    shop.executor->begin_stop(0ms);
    for (int i = 0; i < 10 && !shop.stopped; ++i) {
        shop.pass(1s);
    }
    CHECK(shop.stopped);
    CHECK(shop.why->is(Status::not_owner));
    CHECK(successor->presence() == Presence::present);
}

TEST_CASE("what became of a task is told also where the broker was given up") {
    Shop shop(echo);
    shop.desire("g");
    shop.broker.stop();
    shop.run_all();
    shop.executor->begin_stop(0ms);
    for (int i = 0; i < 10 && !shop.stopped; ++i) {
        shop.pass(10s);
    }
    CHECK(shop.stopped);
    CHECK(shop.why->code == Code::timed_out);
    CHECK(shop.fates == Shop::Fates{{"g", Fate::unknown}});
    CHECK(shop.executor->tasks() == 0);
}

TEST_CASE("an executor whose options can't be right is refused at once") {
    const auto field = [](ExecutorOptions options, TaskFunction run = echo) {
        return Executor::open(std::move(options), std::move(run)).error().field;
    };
    CHECK(field({.executor_id = "a b"}) == "executor_id");
    CHECK(field({.executor_id = "e", .slots = 0}) == "slots");
    CHECK(field({.executor_id = "e", .domains = {"a b"}}) == "domains");
    CHECK(field({.executor_id = "e", .container_handle = std::string(256, 'x')}) ==
          "container_handle");
    CHECK(field({.executor_id = "e", .ttl = 1ms}) == "ttl_ms");
    CHECK(field({.executor_id = "e"}, {}) == "run");
    CHECK(Executor::open({.executor_id = "e", .client = {.endpoint = "nowhere"}}, echo)
              .error()
              .code == Code::unusable_endpoint);
}
