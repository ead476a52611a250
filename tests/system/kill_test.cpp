// kill -9 under load, seen from programs that use the SDK: they notice nothing but a pause.
#include "broker_process.hpp"
#include "history.hpp"
#include "lives.hpp"

#include <thread>

using namespace taskbbs;
using namespace taskbbs::test;

namespace {

constexpr int kills = 8;
constexpr int answers_between = 1500;

void wait_for_answers(const Lives& first, const Lives& second) {
    const int goal = first.answered() + second.answered() + answers_between;
    wait_until("calls are answered", [&] { return first.answered() + second.answered() >= goal; });
}

}  // namespace

TEST_CASE("every call that the SDK completes is one event, over kill -9 again and again") {
    BrokerProcess broker;
    auto one = Client::open({.endpoint = broker.requests()});
    auto two = Client::open({.endpoint = broker.requests()});
    REQUIRE((one && two));
    Lives first(*one, "first");
    Lives second(*two, "second");
    first.begin(100);
    second.begin(20);
    for (int i = 0; i < kills; ++i) {
        wait_for_answers(first, second);
        broker.kill();
        broker.start();
    }
    wait_for_answers(first, second);
    first.finish();
    second.finish();
    REQUIRE(first.failure().empty());
    REQUIRE(second.failure().empty());

    auto told = first.made();
    told.insert(second.made().begin(), second.made().end());
    std::map<Seq, std::pair<Kind, std::string>> seen;
    for (const Event& event : history(*one)) {
        CHECK(event.seq == static_cast<Seq>(seen.size()) + 1);
        seen.emplace(event.seq, std::pair(event.kind, event.task.guid));
    }
    CHECK(told.size() == first.made().size() + second.made().size());
    CHECK((seen == told));
    CHECK(one->get_all_tasks({.timeout = patience}).value().empty());
}

TEST_CASE(
    "a blocking call that is under way when the broker is killed is answered by the next one") {
    BrokerProcess broker;
    auto client = Client::open({.endpoint = broker.requests()});
    REQUIRE(client);
    for (int i = 0; i < 5; ++i) {
        broker.kill();
        Task task;
        task.guid = "g" + std::to_string(i);
        Result<Applied> desired;
        std::thread caller([&] { desired = client->desire_task(task, {.timeout = patience}); });
        broker.start();
        caller.join();
        REQUIRE(desired);
        CHECK(desired->seq == i + 1);
    }
}

TEST_CASE("a stop in order is survived like a kill") {
    BrokerProcess broker;
    auto client = Client::open({.endpoint = broker.requests()});
    REQUIRE(client);
    Lives lives(*client, "lives");
    lives.begin(50);
    for (int i = 0; i < 3; ++i) {
        wait_for_answers(lives, lives);
        CHECK(broker.stop() == 0);
        broker.start();
    }
    lives.finish();
    CHECK(lives.failure().empty());
    CHECK(history(*client).size() == lives.made().size());
}
