// Coroutines: a task's whole life, verb by verb, written as if the calls blocked. They go on where
// the callbacks run: here on the thread that dispatches.
//     example_coroutine tcp://127.0.0.1:7411
#include <taskbbs/coroutine.hpp>

#include <iostream>
#include <poll.h>

using namespace taskbbs;

namespace {

struct Progress {
    bool is_over = false;
};

Detached live(CoroutineClient client, std::string guid, Progress& progress) {
    const Task task{.guid = guid, .payload = "work"};
    const Outcome outcome{.result = "done"};
    co_await client.desire_task(task);
    const auto owned = co_await client.claim_task(guid, "coroutine");
    if (owned) {
        co_await client.start_task(guid, "coroutine", owned->epoch, "");
        co_await client.complete_task(guid, owned->epoch, outcome);
    }
    const auto done = co_await client.resolving_task(guid);
    std::cout << (done ? done->task->result : done.error().message) << '\n';
    if (done) {
        co_await client.resolve_task(guid, done->epoch);
    }
    progress.is_over = true;
}

}  // namespace

int main(int argc, char** argv) {
    auto queue = Queue::open();
    auto client = Client::open(
        {.endpoint = argc > 1 ? argv[1] : "tcp://127.0.0.1:7411", .post = queue->poster()});
    Progress progress;
    live(CoroutineClient(*client), "coroutine", progress);
    while (!progress.is_over) {
        pollfd ours{.fd = queue->fd(), .events = POLLIN, .revents = 0};
        poll(&ours, 1, -1);
        queue->dispatch();
    }
    return 0;
}
