// What an executor's session does with the acquire that waits, in front of the real board.
#include "stage.hpp"

#include <taskbbs/executor_session.hpp>

using namespace taskbbs;
using namespace taskbbs::testing;
using namespace std::chrono_literals;

namespace {

// A session of stack "s" with an acquire that was sent, for two tasks.
struct Waiting : Stage {
    Waiting() {
        settle();
        session.acquire({.max = 2, .domains = {"default"}, .wait = 30s},
                        [this](Result<Acquired> result) { answer = std::move(result); });
        settle();
    }

    Client requester = client();
    ExecutorSession session =
        *ExecutorSession::open({.executor_id = "e", .stacks = {"s"}, .client = here()});
    std::optional<Result<Acquired>> answer;
};

}  // namespace

TEST_CASE("an acquire whose wait is ended comes back empty, and what comes later stays pending") {
    Waiting stage;
    CHECK_FALSE(stage.answer);
    stage.session.end_acquire();
    stage.settle();
    REQUIRE(stage.answer);
    CHECK(stage.answer->value().tasks.empty());
    REQUIRE(stage.requester.desire_task({.guid = "g", .stack = "s"}));
    stage.pass(1s);
    CHECK(stage.state_of("g") == State::pending);
    const auto executors = stage.requester.executors({}).value().executors;
    REQUIRE(executors.size() == 1);
    CHECK(executors[0].domains == std::vector<std::string>{"default"});
    CHECK_FALSE(executors[0].draining);
}

TEST_CASE("ending a wait takes no task, and loses none that was handed over and not heard of") {
    Waiting stage;
    stage.broker.lose_replies(true);
    for (const char* guid : {"g", "other"}) {
        stage.requester.call(DesireArgs{{.guid = guid, .stack = "s"}},
                             [](const Result<Applied>& /*answer*/) {});
        stage.settle();
    }
    CHECK(stage.state_of("g") == State::claimed);
    stage.session.end_acquire();
    stage.settle();
    CHECK_FALSE(stage.answer);
    stage.broker.lose_replies(false);
    stage.pass(1min);
    REQUIRE(stage.answer);
    REQUIRE(stage.answer->value().tasks.size() == 1);
    CHECK(stage.answer->value().tasks[0].guid == "g");
    CHECK(stage.session.held().size() == 1);
    CHECK(stage.state_of("other") == State::pending);
}
