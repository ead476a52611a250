// Timeouts as callers give them: any number of milliseconds.
#include "sdk/instant.hpp"
#include "stub_broker.hpp"

#include <taskbbs/executor_session.hpp>

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

TEST_CASE("a timeout is cut to 0 to 30 minutes before it is counted in nanoseconds") {
    CHECK(bounded(5s) == 5s);
    CHECK(bounded(31min) == 30min);
    CHECK(bounded(milliseconds::max()) == 30min);
    CHECK(bounded(-1ms) == 0s);
    CHECK(bounded(milliseconds::min()) == 0s);
}

TEST_CASE("the longest timeout is no reason to time out") {
    StubBroker broker(say_ok);
    Client client = *Client::open({.endpoint = broker.endpoint()});
    CHECK(client.desire_task({.guid = "g"}, {.timeout = milliseconds::max()}));
    const auto listed = client.list_all({}, {.timeout = milliseconds::max()});
    CHECK((listed || listed.error().code != Code::timed_out));
}

TEST_CASE("a negative timeout is over at once, and nothing is sent") {
    StubBroker broker(say_ok);
    Client client = *Client::open({.endpoint = broker.endpoint()});
    const auto begun = std::chrono::steady_clock::now();
    const auto timed_out = [](const auto& result) {
        return !result && result.error().code == Code::timed_out && !result.error().outcome_unknown;
    };
    CHECK(timed_out(client.desire_task({.guid = "g"}, {.timeout = -1ms})));
    CHECK(timed_out(client.desire_task({.guid = "g"}, {.timeout = milliseconds::min()})));
    CHECK(timed_out(client.acquire({.executor_id = "e", .wait = 60s}, {.timeout = -1ms})));
    CHECK(timed_out(client.get_all_tasks({.timeout = -1ms})));
    CHECK(std::chrono::steady_clock::now() - begun < 20s);
    CHECK(broker.asked().count("desire") + broker.asked().count("acquire") == 0);
}

TEST_CASE("an executor waits for the longest timeout, and not for a negative one") {
    auto nobody =
        *ExecutorSession::open({.executor_id = "e", .client = {.endpoint = "tcp://127.0.0.1:9"}});
    CHECK(nobody.wait_until_present(-1ms).error().code == Code::timed_out);
    CHECK(nobody.wait_until_present(milliseconds::min()).error().code == Code::timed_out);
    CHECK(nobody.acquire({.wait = 60s}, {.timeout = -1ms}).error().code == Code::timed_out);

    StubBroker broker([](protocol::ReplyWriter& writer, const protocol::Request& request) {
        if (request.verb == "heartbeat") {
            writer.add(request.id, protocol::Status::ok, protocol::HeartbeatReply{.ttl = 15s});
        } else {
            writer.add(request.id, protocol::Status::ok, protocol::AcquireReply{.seq = 1});
        }
    });
    auto executor =
        *ExecutorSession::open({.executor_id = "e", .client = {.endpoint = broker.endpoint()}});
    CHECK(executor.wait_until_present(milliseconds::max()));
    CHECK(executor.acquire({.wait = milliseconds::max()}, {.timeout = milliseconds::max()}));
}
