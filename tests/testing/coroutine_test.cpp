// Coroutines in front of the real board.
#include "stage.hpp"

#include <taskbbs/coroutine.hpp>

#include <thread>

using namespace taskbbs;
using namespace taskbbs::testing;
using namespace std::chrono_literals;

namespace {

Detached live(CoroutineClient client, std::vector<std::string>& story) {
    const auto told = [&](const auto& answer) {
        story.emplace_back(answer ? std::string("ok") : std::string(answer.error().name()));
    };
    const Task task{.guid = "g"};
    const ClaimArgs claim{.guid = "g", .executor_id = "e"};
    const Outcome outcome{.result = "r"};
    told(co_await client.desire_task(task));
    const auto owned = co_await client.claim(claim);
    told(owned);
    told(co_await client.claim_task("g", "e"));
    told(co_await client.start_task("g", "e", owned->epoch, ""));
    told(co_await client.complete_task("g", owned->epoch, outcome));
    told(co_await client.converge_tasks(1h, 1h));
    const auto taken = co_await client.resolving_task("g");
    told(co_await client.resolve_task("g", taken->epoch));
    story.emplace_back("over");
}

Detached wait_for(SubmittedTask submitted, std::string& result) {
    const Result<Task> done = co_await outcome_of(submitted);
    result = done ? done->failure_reason : std::string(done.error().name());
}

Detached ask(CoroutineClient client, std::thread::id& where, std::optional<Code>& code) {
    const auto answer = co_await client.hello();
    where = std::this_thread::get_id();
    code = answer ? std::nullopt : std::optional(answer.error().code);
}

}  // namespace

TEST_CASE("a coroutine lives a task's life call by call, on the thread that dispatches") {
    Stage stage;
    auto client = *Client::open(stage.here());
    std::vector<std::string> story;
    live(CoroutineClient(client), story);
    CHECK(story.empty());
    stage.settle();
    CHECK(story ==
          std::vector<std::string>{"ok", "ok", "wrong_state", "ok", "ok", "ok", "ok", "over"});
    CHECK(stage.broker.tasks().empty());
}

TEST_CASE("a coroutine waits for the outcome of a task, which is resolved then") {
    Stage stage;
    auto requester = *Requester::open({.name = "n", .client = stage.here()});
    const SubmittedTask submitted = requester.submit({});
    std::string result;
    wait_for(submitted, result);
    REQUIRE(submitted.wait_until_posted(patience));
    REQUIRE(submitted.cancel());
    for (int second = 0; second < 5; ++second) {
        stage.pass(1s);
    }
    CHECK(result == "cancelled");
    CHECK(stage.broker.tasks().empty());
}

TEST_CASE("a coroutine goes on where the client's callbacks run") {
    Stage stage;
    auto client = *Client::open(stage.here());
    std::thread::id where;
    std::optional<Code> code;
    ask(CoroutineClient(client), where, code);
    stage.settle();
    CHECK(where == std::this_thread::get_id());
    CHECK_FALSE(code);
}

TEST_CASE("a coroutine whose client goes is told so") {
    Stage stage;
    std::optional<Client> client(*Client::open(stage.here()));
    std::thread::id where;
    std::optional<Code> code;
    stage.broker.stop();
    ask(CoroutineClient(*client), where, code);
    client.reset();
    CHECK(stage.queue.dispatch() == 1);
    CHECK(code == Code::closed);
}
