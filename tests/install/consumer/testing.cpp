// A test as somebody else would write it, with nothing but the installed taskbbs::testing: a task
// that nobody claims fails when its time is over.
#include <taskbbs/testing.hpp>

#include <chrono>
#include <iostream>

int main() {
    using namespace std::chrono_literals;
    taskbbs::testing::FakeBroker broker;
    auto client = taskbbs::Client::open(broker.client_options());
    if (!client || !client->desire_task({.guid = "g", .time_to_claim = 1min})) {
        return 1;
    }
    broker.advance(2min);
    const auto found = client->get({"g"});
    std::cout << (found && found->task.failed ? found->task.failure_reason : "not failed") << '\n';
}
