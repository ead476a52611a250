// From nothing to a resolved task: somebody who runs tasks, somebody who has one run, blocking
// calls.
//     example_ten_lines tcp://127.0.0.1:7411
#include <taskbbs/executor.hpp>
#include <taskbbs/requester.hpp>

#include <iostream>

using namespace taskbbs;

int main(int argc, char** argv) {
    const ClientOptions at{.endpoint = argc > 1 ? argv[1] : "tcp://127.0.0.1:7411"};
    auto executor = Executor::open({.executor_id = "ten_lines", .client = at},
                                   [](const Task& task, const std::stop_token& /*stop*/) {
                                       return Outcome{.result = "hello, " + task.payload};
                                   });
    auto requester = Requester::open({.name = "ten_lines", .client = at});
    const Result<Task> done = requester->submit({.payload = "world"}).wait();
    std::cout << (done ? done->result : done.error().message) << '\n';
    return done ? 0 : 1;
}
