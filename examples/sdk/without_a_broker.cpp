// Testing an executor without a daemon, sockets or sleeps: the broker is in this process, and its
// clock is ours. Here: a task that takes too long is told to stop.
#include <taskbbs/executor.hpp>
#include <taskbbs/testing.hpp>

#include <iostream>

using namespace taskbbs;
using namespace std::chrono_literals;

int main() {
    testing::FakeBroker broker;
    std::optional<std::stop_token> given;
    auto queue = Queue::open();
    std::vector<std::function<void()>> runs;  // what the executor wants to have run
    auto executor = Executor::open(
        {.executor_id = "e",
         .run_on = [&runs](std::function<void()> run) { runs.push_back(std::move(run)); },
         .client = broker.client_options(queue->poster())},
        [&](const Task& /*task*/, const std::stop_token& stop) {
            given = stop;
            broker.advance(40s);  // it takes longer than its time: the next pass ends it,
            broker.advance(5s);   // and the next heartbeat tells
            return Outcome{.result = "too late"};
        });
    auto client = Client::open(broker.client_options());
    if (!client->desire_task({.guid = "g", .run_timeout = 5s})) {
        return 1;
    }
    broker.settle();
    runs.at(0)();
    std::cout << broker.task("g")->failure_reason << '\n';
    return given->stop_requested() && broker.task("g")->failed ? 0 : 1;
}
