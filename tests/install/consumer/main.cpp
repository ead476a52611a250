// A task's way from desire to resolve, with nothing but the installed SDK: consumer ENDPOINT
#include <taskbbs/client.hpp>
#include <taskbbs/executor_session.hpp>
#include <taskbbs/version.hpp>

#include <cstdlib>
#include <future>
#include <iostream>

namespace {

// Ends the program where a call did not succeed.
template <class T>
T must(taskbbs::Result<T> result, const char* what) {
    if (!result) {
        std::cerr << what << ": " << result.error().name() << ": " << result.error().message
                  << '\n';
        std::exit(1);
    }
    return *std::move(result);
}

}  // namespace

int main(int, char** argv) {
    const std::string endpoint = argv[1];
    auto client = must(taskbbs::Client::open({.endpoint = endpoint}), "open");
    auto executor = must(
        taskbbs::ExecutorSession::open({.executor_id = "e1", .client = {.endpoint = endpoint}}),
        "executor");

    std::promise<std::string> completed;
    auto watch = client.watch_for_completed_task(
        [&](const taskbbs::Task& task) { completed.set_value(task.guid); });

    must(client.desire_task({.guid = "greet", .payload = "hello"}), "desire");
    const auto acquired = must(executor.acquire(), "acquire");
    const taskbbs::Task& task = acquired.tasks.at(0);
    must(executor.client().start_task(task.guid, "e1", task.epoch, "here"), "start");
    must(executor.client().complete_task(task.guid, task.epoch, {.result = task.payload + " back"}),
         "complete");

    const auto guid = completed.get_future().get();
    watch.stop();
    const auto owned = must(client.resolving_task(guid), "resolving");
    must(client.resolve_task(guid, owned.epoch), "resolve");
    const auto gone = client.get({guid});
    must(executor.depart(), "depart");
    std::cout << owned.task.value().result << ", then " << gone.error().name() << '\n'
              << "taskbbs " << TASKBBS_VERSION_STRING << '\n';
}
