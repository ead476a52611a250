// States rather than messages: what is on the board, and each change of it.
//     example_watcher tcp://127.0.0.1:7411
#include <taskbbs/watcher.hpp>

#include <iostream>
#include <latch>

using namespace taskbbs;

int main(int argc, char** argv) {
    const ClientOptions at{.endpoint = argc > 1 ? argv[1] : "tcp://127.0.0.1:7411"};
    auto client = Client::open(at);
    std::latch gone(1);
    auto watcher = Watcher::open(
        {.domains = {"watched"},
         .on_change =
             [&gone](const std::optional<Task>& before, const std::optional<Task>& after) {
                 std::cout << (before ? name_of(before->state) : "not there") << " -> "
                           << (after ? name_of(after->state) : "gone") << std::endl;
                 if (!after) {
                     gone.count_down();
                 }
             },
         .client = at});
    if (!watcher->wait_until_live()) {
        return 1;
    }
    client->desire_task({.guid = "watched", .domain = "watched"});
    client->cancel({.guid = "watched", .reason = "seen enough"});
    const auto owned = client->resolving_task("watched");
    client->resolve_task("watched", owned->epoch);
    gone.wait();
    return 0;
}
