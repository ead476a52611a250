// A foreign event loop: one descriptor in its poll, and dispatch(). Everything of this program, the
// tasks included, runs on the thread that polls.
//     example_event_loop tcp://127.0.0.1:7411
#include <taskbbs/executor.hpp>
#include <taskbbs/requester.hpp>

#include <iostream>
#include <poll.h>

using namespace taskbbs;

int main(int argc, char** argv) {
    auto queue = Queue::open();
    const ClientOptions at{.endpoint = argc > 1 ? argv[1] : "tcp://127.0.0.1:7411",
                           .post = queue->poster()};
    bool stopped = false;
    std::optional<Executor> executor;
    auto opened =
        Executor::open({.executor_id = "event_loop",
                        .run_on = queue->poster(),
                        .handlers = {.on_stopped = [&](const auto& /*error*/) { stopped = true; }},
                        .client = at},
                       [](const Task& task, const std::stop_token& /*stop*/) {
                           return Outcome{.result = task.payload + task.payload};
                       });
    executor.emplace(*std::move(opened));
    auto requester = Requester::open({.name = "event_loop", .client = at});
    requester->submit({.payload = "echo "}).then([&](const Result<Task>& done) {
        std::cout << (done ? done->result : done.error().message) << '\n';
        executor->begin_stop();  // stop() would wait for what this very thread runs
    });

    while (!stopped) {
        pollfd ours{.fd = queue->fd(), .events = POLLIN, .revents = 0};
        poll(&ours, 1, -1);  // beside the descriptors that your program has
        queue->dispatch();
    }
    return 0;
}
