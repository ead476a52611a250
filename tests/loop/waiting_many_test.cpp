// Many acquires that wait, and few that are served (docs/protocol.md, section 4, "Acquire").
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

AcquireArgs waits(std::string_view executor, std::optional<std::int64_t> memory_mb = {}) {
    AcquireArgs args{.executor_id = executor, .wait = 60'000ms};
    if (memory_mb) {
        args.free = protocol::Resources{.memory_mb = memory_mb};
    }
    return args;
}

// Acquires of one session that nothing fits, then the last one that everything does.
struct Crowd {
    static constexpr int in_vain = 5000;
    static constexpr RequestId the_one = in_vain + 1;

    Crowd() {
        for (int i = 0; i < in_vain; ++i) {
            client.send(waits("small-" + std::to_string(i), 1));
        }
        client.send(waits("large"));
    }

    Rig rig{without_passes()};
    Client client{rig, "c"};
    Client requester{rig, "r"};
};

TEST_CASE_METHOD(Crowd, "a task finds the one whom it fits behind thousands whom it does not") {
    requester.ask(desire("a", {.memory_mb = 100}));
    rig.run();
    CHECK(client.answer_to(the_one).as<protocol::AcquireReply>().tasks.count == 1);
    CHECK(client.take().empty());
    CHECK(rig.task("a").executor_id == "large");
}

TEST_CASE_METHOD(Crowd, "looking for whom a task fits does not hold up other requests") {
    // One message: its requests are answered before all those who wait were asked.
    requester.send(desire("a", {.memory_mb = 100}));
    requester.send(GetArgs{"a"});
    CHECK(rig.broker().work(rig.now(), rig.now(), false));
    rig.run();
    CHECK(requester.take().size() == 2);
    CHECK(client.has_answer(the_one));
}

TEST_CASE_METHOD(Crowd, "a task that is taken meanwhile is offered no more") {
    requester.send(desire("a", {.memory_mb = 100}));
    requester.send(ClaimArgs{"a", "quick"});
    rig.run();
    CHECK(rig.task("a").executor_id == "quick");
    CHECK_FALSE(client.has_answer(the_one));
}

TEST_CASE("a task passes by those who wait for many other domains") {
    Rig rig(without_passes());
    Client client(rig, "c");
    std::vector<std::string> names;
    for (int i = 0; i < 65; ++i) {
        names.push_back("d" + std::to_string(i));
    }
    AcquireArgs args = waits("others");
    args.domains.assign(names.begin(), names.end());
    client.send(args);
    client.send(waits("any"));
    Client requester(rig, "r");
    requester.ask(desire("a", {.domain = "elsewhere"}));
    requester.ask(desire("b", {.domain = "d64"}));
    CHECK(rig.task("a").executor_id == "any");
    CHECK(rig.task("b").executor_id == "others");
}

TEST_CASE("a task is had though it lies behind many that do not fit") {
    Rig rig(without_passes());
    Client client(rig, "c");
    Client requester(rig, "r");
    for (int i = 0; i < 100; ++i) {
        requester.ask(desire("large-" + std::to_string(i), {.memory_mb = 100}));
    }
    client.send(waits("e", 1));
    rig.run();
    CHECK_FALSE(client.has_answer(1));
    requester.ask(desire("small", {.memory_mb = 1}));
    const Answer answer = client.answer_to(1);
    CHECK(guids_of(answer.as<protocol::AcquireReply>().tasks) == Story{"small"});
}

}  // namespace
}  // namespace taskbbs::loop_test
