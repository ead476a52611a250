// An executor as a whole, in front of a stub.
#include "stub_broker.hpp"

#include <taskbbs/executor_session.hpp>

#include <catch2/catch.hpp>

#include <future>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

namespace {

// Everybody is welcome; what is named as held is stale; an acquire hands one task over.
void welcome(protocol::ReplyWriter& writer, const protocol::Request& request) {
    if (request.verb == "heartbeat") {
        protocol::HeartbeatArgs args;
        static_cast<void>(decode(request.args, args));
        protocol::HeartbeatReply reply{.ttl = args.ttl};
        for (const protocol::Holding& holding : args.running) {
            reply.stale.push_back(holding.guid);
        }
        writer.add(request.id, protocol::Status::ok, reply);
    } else if (request.verb == "acquire") {
        std::string task;
        protocol::Packer packer(task);
        encode(packer, protocol::TaskView{.guid = "g", .executor_id = "e", .epoch = 5});
        writer.add(request.id,
                   protocol::Status::ok,
                   protocol::AcquireReply{.tasks = {.count = 1, .packed = task}, .seq = 5});
    } else {
        say_ok(writer, request);
    }
}

}  // namespace

TEST_CASE("an executor becomes present, acquires, and is told what is stale") {
    StubBroker broker(welcome);
    std::promise<std::string> stale;
    auto executor = *ExecutorSession::open(
        {.executor_id = "e",
         .ttl = 1s,
         .handlers = {.on_stale = [&](const std::string& guid) { stale.set_value(guid); }},
         .client = {.endpoint = broker.endpoint()}});
    CHECK(executor.incarnation().size() == 32);
    REQUIRE(executor.wait_until_present(20s));
    CHECK(executor.presence() == Presence::present);
    const auto acquired = executor.acquire({.wait = 0ms});
    REQUIRE(acquired);
    CHECK(acquired->tasks.at(0).epoch == 5);
    CHECK(stale.get_future().get() == "g");
    CHECK(executor.held().empty());
}

TEST_CASE("an executor that departs heartbeats no more") {
    StubBroker broker(welcome);
    auto executor =
        *ExecutorSession::open({.executor_id = "e", .client = {.endpoint = broker.endpoint()}});
    REQUIRE(executor.wait_until_present(20s));
    CHECK(executor.depart());
    CHECK(executor.presence() == Presence::departed);
    CHECK_FALSE(executor.wait_until_present(0ms));
    executor.set_capacity(3, std::nullopt);
    CHECK(executor.client().hello());
    CHECK(broker.asked().at("heartbeat") == 1);
    CHECK(broker.asked().at("depart") == 1);
}

TEST_CASE("a superseded executor says so, to its handler and to who waits") {
    StubBroker broker([](protocol::ReplyWriter& writer, const protocol::Request& request) {
        writer.refuse(request.id, protocol::Status::not_owner, {.incarnation = "another"});
    });
    std::promise<Error> told;
    auto executor = *ExecutorSession::open(
        {.executor_id = "e",
         .handlers = {.on_presence =
                          [&](Presence presence, const std::optional<Error>& error) {
                              if (presence == Presence::superseded) {
                                  told.set_value(*error);
                              }
                          }},
         .client = {.endpoint = broker.endpoint()}});
    CHECK(executor.wait_until_present(20s).error().is(Status::not_owner));
    CHECK(told.get_future().get().incarnation == "another");
    CHECK(executor.acquire().error().is(Status::not_owner));
}

TEST_CASE("a ttl that the contract does not allow is refused when the executor is opened") {
    for (const milliseconds ttl : {-1ms, 0ms, 1ms, 999ms, 600'001ms}) {
        const auto refused = ExecutorSession::open({.executor_id = "e", .ttl = ttl});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().is(Status::invalid_request));
        CHECK(refused.error().field == "ttl_ms");
    }
    CHECK(ExecutorSession::open({.executor_id = "e", .ttl = 1000ms}));
}

TEST_CASE("an executor_id or stack that the contract does not allow is refused when opening") {
    CHECK(ExecutorSession::open({}).error().field == "executor_id");
    CHECK(ExecutorSession::open({.executor_id = "a b"}).error().field == "executor_id");
    CHECK(ExecutorSession::open({.executor_id = "e", .stacks = {"a b"}}).error().field == "stacks");
}

TEST_CASE("without a broker an executor is joining, and waiting for it times out") {
    auto executor =
        *ExecutorSession::open({.executor_id = "e", .client = {.endpoint = "tcp://127.0.0.1:9"}});
    CHECK(executor.wait_until_present(20ms).error().code == Code::timed_out);
    CHECK(executor.presence() == Presence::joining);
}
