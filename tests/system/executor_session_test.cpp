// Executors of the SDK against the real broker: presence, and a waiting acquire, over kill -9.
#include "broker_process.hpp"
#include "history.hpp"

#include <taskbbs/executor_session.hpp>

#include <thread>

using namespace taskbbs;
using namespace taskbbs::test;

namespace {

Result<Applied> desire(Client& client, const std::string& guid) {
    Task task;
    task.guid = guid;
    return client.desire_task(task, {.timeout = patience});
}

}  // namespace

TEST_CASE("an acquire that waits is handed its task by the broker that comes after a kill") {
    BrokerProcess broker;
    const ClientOptions at{.endpoint = broker.requests()};
    auto client = Client::open(at);
    auto executor = ExecutorSession::open({.executor_id = "e1", .client = at});
    REQUIRE((client && executor));
    REQUIRE(executor->wait_until_present(patience));
    Result<Acquired> acquired;
    std::thread waiting([&] { acquired = executor->acquire({.wait = milliseconds(60'000)}); });
    wait_until("the acquire waits", [&] {
        return client->stats().value().values.at("waiting_acquires") ==
               Stats::Number(std::int64_t{1});
    });
    broker.kill();
    broker.start();
    REQUIRE(desire(*client, "g"));
    waiting.join();
    INFO((acquired ? std::string() : acquired.error().message));
    REQUIRE(acquired);
    REQUIRE(acquired->tasks.size() == 1);
    CHECK(acquired->tasks[0].guid == "g");
    CHECK(acquired->tasks[0].executor_id == "e1");
    CHECK(executor->held() == std::vector<Holding>{{"g", acquired->tasks[0].epoch}});
}

TEST_CASE("an executor stays present over a kill and keeps what it runs") {
    BrokerProcess broker;
    const ClientOptions at{.endpoint = broker.requests()};
    auto client = Client::open(at);
    auto executor = ExecutorSession::open({.executor_id = "e1", .client = at});
    REQUIRE((client && executor));
    REQUIRE(executor->wait_until_present(patience));
    REQUIRE(desire(*client, "g"));
    const Result<Acquired> acquired = executor->acquire();
    REQUIRE((acquired && acquired->tasks.size() == 1));
    const Seq epoch = acquired->tasks[0].epoch;
    REQUIRE(client->start_task("g", "e1", epoch, "handle"));
    broker.kill();
    broker.start();
    CHECK(client->complete_task("g", epoch, {.result = "done"}, {.timeout = patience}));
    for (const Event& event : history(*client, {Stream::executor})) {
        CHECK(event.kind == Kind::joined);
    }
    CHECK(executor->depart({.timeout = patience}));
}

TEST_CASE("a former owner is told by its next heartbeat that the task is not its own any more") {
    BrokerProcess broker;
    const ClientOptions at{.endpoint = broker.requests()};
    auto client = Client::open(at);
    std::atomic<bool> told = false;
    ExecutorSessionOptions options{.executor_id = "e1", .ttl = milliseconds(1500), .client = at};
    options.handlers.on_stale = [&told](const std::string& guid) { told = guid == "g"; };
    auto executor = ExecutorSession::open(options);
    REQUIRE((client && executor));
    REQUIRE(executor->wait_until_present(patience));
    REQUIRE(desire(*client, "g"));
    const Result<Acquired> acquired = executor->acquire();
    REQUIRE((acquired && acquired->tasks.size() == 1));
    REQUIRE(client->cancel({.guid = "g", .reason = "enough"}));
    wait_until("the executor is told", [&] { return told.load(); });
    CHECK(executor->held().empty());
    const auto late = client->complete_task("g", acquired->tasks[0].epoch, {});
    REQUIRE_FALSE(late);
    CHECK(late.error().is(Status::wrong_state));
}
