// The broker in process: it is the real one, and its clock is the test's.
#include "stage.hpp"

#include <thread>

using namespace taskbbs;
using namespace taskbbs::testing;
using namespace std::chrono_literals;

TEST_CASE("a task lives its whole life by blocking calls") {
    FakeBroker broker;
    auto client = *Client::open(broker.client_options());
    REQUIRE(client.desire_task({.guid = "g", .payload = "p"}));
    const auto owned = client.claim_task("g", "e");
    REQUIRE(owned);
    CHECK(owned->task->payload == "p");
    REQUIRE(client.start_task("g", "e", owned->epoch, ""));
    REQUIRE(client.complete_task("g", owned->epoch, {.result = "r"}));
    CHECK(broker.task("g")->result == "r");
    const auto resolving = client.resolving_task("g");
    REQUIRE(resolving);
    REQUIRE(client.resolve_task("g", resolving->epoch));
    CHECK(broker.tasks().empty());
}

TEST_CASE("refusals are the broker's own") {
    FakeBroker broker({.payload_bytes = 10});
    auto client = *Client::open(broker.client_options());
    CHECK(client.claim_task("nobody", "e").error().is(Status::not_found));
    CHECK(client.desire_task({.guid = "g", .payload = std::string(11, 'x')})
              .error()
              .is(Status::too_large));
    broker.set_read_only(true);
    CHECK(client.desire_task({.guid = "g"}).error().is(Status::read_only));
    broker.set_read_only(false);
    CHECK(client.desire_task({.guid = "g"}));
}

TEST_CASE("time stands until it is turned, then what is due is done at its own time") {
    FakeBroker broker({.converge_every = 10s, .claim_timeout = 15s});
    auto client = *Client::open(broker.client_options());
    const Time begun = broker.now();
    REQUIRE(client.heartbeat({.executor_id = "e", .ttl = 600s}));
    REQUIRE(client.desire_task({.guid = "g"}));
    REQUIRE(client.claim_task("g", "e"));
    broker.advance(20s - 1ns);
    CHECK(broker.task("g")->state == State::claimed);
    broker.advance(1ns);
    CHECK(broker.task("g")->state == State::pending);
    CHECK(broker.now() == begun + 20s);
    CHECK(broker.task("g")->updated_at - broker.now() < 1ms);
}

TEST_CASE("a call's deadline is of the turned clock") {
    FakeBroker broker;
    auto queue = *Queue::open();
    auto client = *Client::open(broker.client_options(queue.poster()));
    REQUIRE(client.hello());
    broker.stop();
    std::optional<Result<Applied>> answer;
    client.call(DesireArgs{.task = {.guid = "g"}},
                [&](Result<Applied> given) { answer = std::move(given); },
                {.timeout = 20s});
    broker.advance(20s - 1ns);
    queue.dispatch();
    CHECK_FALSE(answer);
    broker.advance(1ns);
    queue.dispatch();
    REQUIRE(answer);
    CHECK(answer->error().code == Code::timed_out);
    CHECK_FALSE(answer->error().outcome_unknown);  // nothing was sent
}

TEST_CASE("a broker that comes back has kept what it had answered, and calls go on") {
    FakeBroker broker;
    auto queue = *Queue::open();
    auto client = *Client::open(broker.client_options(queue.poster()));
    REQUIRE(client.desire_task({.guid = "before"}));
    broker.stop();
    CHECK(broker.tasks().empty());
    bool applied = false;
    client.call(DesireArgs{.task = {.guid = "after"}},
                [&](const Result<Applied>& answer) { applied = answer.has_value(); });
    broker.advance(1s);
    broker.start();
    broker.advance(5s);
    queue.dispatch();
    CHECK(applied);
    CHECK(broker.task("before"));
    CHECK(broker.task("after"));
}

TEST_CASE("a request whose reply is lost is applied once, whatever becomes of the reply") {
    FakeBroker broker;
    auto queue = *Queue::open();
    auto client = *Client::open(broker.client_options(queue.poster()));
    REQUIRE(client.hello());
    std::optional<Result<Applied>> answer;
    broker.lose_replies(true);
    client.call(DesireArgs{.task = {.guid = "g"}},
                [&](Result<Applied> given) { answer = std::move(given); },
                {.timeout = 60s});
    broker.advance(10s);
    REQUIRE(broker.task("g"));
    const Seq seq = broker.task("g")->seq;
    broker.lose_replies(false);
    broker.advance(30s);
    queue.dispatch();
    REQUIRE(answer);
    REQUIRE(*answer);
    CHECK((*answer)->seq == seq);
}

TEST_CASE("a waiting acquire is answered when its time is over, or a task is there") {
    FakeBroker broker;
    auto queue = *Queue::open();
    auto client = *Client::open(broker.client_options(queue.poster()));
    REQUIRE(client.heartbeat({.executor_id = "e", .ttl = 600s}));
    std::optional<std::size_t> got;
    const auto acquire = [&] {
        got.reset();
        client.call(AcquireArgs{.executor_id = "e", .wait = 30s},
                    [&](const Result<Acquired>& answer) { got = answer.value().tasks.size(); });
        broker.settle();
    };
    acquire();
    broker.advance(29s);
    queue.dispatch();
    CHECK_FALSE(got);
    broker.advance(2s);
    queue.dispatch();
    CHECK(got == 0U);
    acquire();
    REQUIRE(client.desire_task({.guid = "g"}));
    broker.settle();
    queue.dispatch();
    CHECK(got == 1U);
}

TEST_CASE("a watch sees every event, over a restart too") {
    FakeBroker broker({.kick_interval = 1h});
    auto queue = *Queue::open();
    auto client = *Client::open(broker.client_options(queue.poster()));
    auto other = *Client::open(broker.client_options());
    std::vector<Seq> seqs;
    const Watch watch =
        client.watch({.from = WatchFrom::beginning},
                     {.on_event = [&](const Event& event) { seqs.push_back(event.seq); }});
    const auto catch_up = [&] {
        for (int second = 0; second < 30; ++second) {
            broker.advance(1s);
            queue.dispatch();
        }
    };
    REQUIRE(other.desire_task({.guid = "a"}));
    catch_up();
    CHECK(seqs == std::vector<Seq>{1});
    broker.stop();
    broker.advance(1s);
    broker.start();
    REQUIRE(other.desire_task({.guid = "b"}));
    REQUIRE(other.cancel({.guid = "a"}));
    catch_up();
    CHECK(seqs == std::vector<Seq>{1, 2, 3});
}

TEST_CASE("turning the clock inside a callback on a thread of the SDK is refused") {
    FakeBroker broker;
    auto client = *Client::open(broker.client_options());
    std::atomic<bool> refused = false;
    std::atomic<bool> done = false;
    client.call(HelloArgs{}, [&](const Result<Hello>& /*answer*/) {
        try {
            broker.settle();
        } catch (const std::logic_error&) {
            refused = true;
        }
        done = true;
        done.notify_one();
    });
    done.wait(false);
    CHECK(refused);
}

TEST_CASE("a client may outlive its fake broker, which is away then") {
    std::optional<FakeBroker> broker(std::in_place);
    auto client = *Client::open(broker->client_options());
    REQUIRE(client.hello());
    broker.reset();
    CHECK(client.hello({.timeout = -1ms}).error().code == Code::timed_out);
}
