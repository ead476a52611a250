// The client as a whole, in front of a stub: connecting, retrying, closing, threads.
#include "stub_broker.hpp"

#include <taskbbs/client.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

namespace {

Client client_of(const StubBroker& broker) {
    return *Client::open({.endpoint = broker.endpoint()});
}

void no_answer(protocol::ReplyWriter&, const protocol::Request&) {}

}  // namespace

TEST_CASE("a call is answered, and hello tells the limits") {
    StubBroker broker(say_ok);
    Client client = client_of(broker);
    CHECK(client.desire_task({.guid = "g"}));
    const auto hello = client.hello();
    REQUIRE(hello);
    CHECK(hello->limits.unacked == 4096);
}

TEST_CASE("an endpoint that is none is refused when the client is opened") {
    CHECK(Client::open({.endpoint = "nonsense"}).error().code == Code::unusable_endpoint);
    CHECK(Client::open({.endpoint = "tcp://"}).error().code == Code::unusable_endpoint);
}

TEST_CASE("a request that no message can hold is refused at once, not at its deadline") {
    StubBroker broker(say_ok);
    Client client = client_of(broker);
    REQUIRE(client.hello());
    const std::string payload(5 << 20, 'p');
    const auto begun = std::chrono::steady_clock::now();
    const auto applied = client.desire_task({.guid = "g", .payload = payload});
    CHECK(applied.error().is(Status::too_large));
    CHECK(std::chrono::steady_clock::now() - begun < 20s);
}

TEST_CASE("without a broker a call times out, with nothing sent") {
    Client client = *Client::open({.endpoint = "tcp://127.0.0.1:9"});
    const auto applied = client.desire_task({.guid = "g"}, {.timeout = 50ms});
    REQUIRE_FALSE(applied);
    CHECK(applied.error().code == Code::timed_out);
    CHECK_FALSE(applied.error().outcome_unknown);
}

TEST_CASE("a broker that does not answer leaves the outcome unknown") {
    StubBroker broker(no_answer);
    Client client = client_of(broker);
    REQUIRE(client.hello());
    const auto applied = client.desire_task({.guid = "g"}, {.timeout = 100ms});
    REQUIRE_FALSE(applied);
    CHECK(applied.error().code == Code::timed_out);
    CHECK(applied.error().outcome_unknown);
}

TEST_CASE("a call survives silence and a restart of the broker") {
    StubBroker broker(say_ok);
    Client client = client_of(broker);
    REQUIRE(client.desire_task({.guid = "before"}));
    broker.set_deaf(true);
    std::promise<bool> done;
    client.call(DesireArgs{.task = {.guid = "g"}},
                [&](const Result<Applied>& result) { done.set_value(result.has_value()); });
    broker.restart();
    broker.set_deaf(false);
    CHECK(done.get_future().get());
}

TEST_CASE("closing completes each call once, and none afterwards") {
    StubBroker broker(no_answer);
    std::atomic<int> closed = 0;
    std::atomic<int> other = 0;
    {
        Client client = client_of(broker);
        for (int i = 0; i < 1000; ++i) {
            client.call(GetArgs{.guid = "g"}, [&](const Result<Found>& result) {
                ++(!result && result.error().code == Code::closed ? closed : other);
            });
        }
    }
    CHECK(closed == 1000);
    CHECK(other == 0);
}

TEST_CASE("a call made by a callback while the client closes is completed too") {
    StubBroker broker(no_answer);
    std::atomic<int> completed = 0;
    {
        Client client = client_of(broker);
        client.call(GetArgs{.guid = "g"}, [&](const Result<Found>&) {
            ++completed;
            client.call(GetArgs{.guid = "g"}, [&](const Result<Found>&) { ++completed; });
        });
    }
    CHECK(completed == 2);
}

TEST_CASE("a callback never runs inside the call that it belongs to") {
    StubBroker broker(say_ok);
    Client client = *Client::open({.endpoint = broker.endpoint(), .max_calls = 1});
    std::atomic<bool> elsewhere = true;
    std::atomic<int> completed = 0;
    const auto caller = std::this_thread::get_id();
    for (int i = 0; i < 100; ++i) {
        client.call(DesireArgs{.task = {.guid = "g"}}, [&](const Result<Applied>&) {
            elsewhere = elsewhere && std::this_thread::get_id() != caller;
            ++completed;
        });
    }
    while (completed < 100) {
        std::this_thread::yield();
    }
    CHECK(elsewhere);
}

TEST_CASE("a blocking call inside a callback is misuse, one with a callback is not") {
    StubBroker broker(say_ok);
    Client client = client_of(broker);
    std::promise<Code> blocking;
    std::promise<bool> pipelined;
    client.call(DesireArgs{.task = {.guid = "g"}}, [&](const Result<Applied>&) {
        blocking.set_value(client.hello().error().code);
        client.call(HelloArgs{},
                    [&](const Result<Hello>& hello) { pipelined.set_value(hello.has_value()); });
    });
    CHECK(blocking.get_future().get() == Code::misuse);
    CHECK(pipelined.get_future().get());
}

TEST_CASE("any number of threads call at once") {
    StubBroker broker(say_ok);
    Client client = client_of(broker);
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                client.call(DesireArgs{.task = {.guid = "g"}},
                            [&](const Result<Applied>& result) { good += result ? 1 : 0; });
                good += client.resolve_task("g", 1) ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(client.hello());  // answered after all that was sent before
    CHECK(good == 400);
    CHECK(broker.asked().at("desire") == 200);
}

TEST_CASE("listing all goes through the pages") {
    StubBroker broker([](protocol::ReplyWriter& writer, const protocol::Request& request) {
        protocol::ListArgs args;
        static_cast<void>(decode(request.args, args));
        std::string task;
        protocol::Packer packer(task);
        const std::string guid = "g" + std::string(args.cursor);
        encode(packer, protocol::TaskView{.guid = guid});
        protocol::ListReply reply{.tasks = {.count = 1, .packed = task}, .seq = 1};
        if (args.cursor != "xx") {
            reply.cursor = args.cursor.empty() ? "x" : "xx";
        }
        writer.add(request.id, protocol::Status::ok, reply);
    });
    Client client = client_of(broker);
    const auto tasks = client.get_all_pending_tasks();
    REQUIRE(tasks);
    REQUIRE(tasks->size() == 3);
    CHECK(tasks->at(2).guid == "gxx");
}
