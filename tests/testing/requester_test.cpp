// Requesters in front of the real board, by a clock that is turned.
#include "stage.hpp"

#include <taskbbs/requester.hpp>

#include <thread>

using namespace taskbbs;
using namespace taskbbs::testing;
using namespace std::chrono_literals;

namespace {

// A board on which somebody does whatever is asked for.
struct Office : Stage {
    explicit Office(FakeBrokerOptions options = {}) : Stage(options) {}

    Requester open(RequesterHandlers handlers = {}, std::string name = "n") {
        return *Requester::open(
            {.name = std::move(name), .handlers = std::move(handlers), .client = here()});
    }

    // All that is pending is done: the result is the payload.
    void work() {
        catch_up();
        const Result<std::vector<Task>> pending = worker.get_all_pending_tasks();
        for (const Task& task : pending.value()) {
            const Seq epoch = worker.claim_task(task.guid, "e").value().epoch;
            REQUIRE(worker.start_task(task.guid, "e", epoch, ""));
            REQUIRE(worker.complete_task(task.guid, epoch, {.result = task.payload}));
        }
        catch_up();
    }

    // Watches learn by the next tick what they have missed.
    void catch_up() {
        for (int second = 0; second < 5; ++second) {
            pass(1s);
        }
    }

    Client worker = client();
};

}  // namespace

TEST_CASE("a task that was submitted comes to its outcome and is off the board") {
    Office office;
    auto requester = office.open();
    const SubmittedTask submitted = requester.submit({.payload = "p"});
    CHECK(submitted.guid().starts_with("n-"));
    REQUIRE(submitted.wait_until_posted(patience));
    office.work();
    const Result<Task> done = submitted.wait(patience);
    REQUIRE(done);
    CHECK(done->result == "p");
    office.settle();
    CHECK(office.broker.tasks().empty());
    CHECK(submitted.wait(patience).value().result == "p");
}

TEST_CASE("an outcome is handed to on_completed, then resolved") {
    Office office;
    std::vector<std::string> results;
    auto requester = office.open({.on_completed = [&](const Task& task) {
        CHECK(office.state_of(task.guid) == State::resolving);
        results.push_back(task.result);
    }});
    requester.submit({.payload = "a"});
    requester.submit({.payload = "b"});
    office.work();
    CHECK(results.size() == 2);
    CHECK(office.broker.tasks().empty());
}

TEST_CASE("an outcome is handed to then() exactly once, whether it comes before or after") {
    Office office;
    auto requester = office.open();
    int before = 0;
    const SubmittedTask first = requester.submit({});
    first.then([&](const Result<Task>& done) { before += done ? 1 : 0; });
    office.work();
    CHECK(before == 1);
    const SubmittedTask second = requester.submit({});
    office.work();
    CHECK(office.state_of(second.guid()) == State::completed);
    int after = 0;
    second.then([&](const Result<Task>& done) { after += done ? 1 : 0; });
    office.settle();
    CHECK(after == 1);
    CHECK(office.broker.tasks().empty());
}

TEST_CASE("an outcome that nobody asked for stays, and the next life of the name finds it") {
    Office office;
    std::string guid;
    {
        auto former = office.open();
        guid = former.submit({.payload = "p"}).guid();
        office.work();
    }
    CHECK(office.state_of(guid) == State::completed);
    auto requester = office.open();
    const auto open = requester.open_tasks();
    REQUIRE(open);
    REQUIRE(open->size() == 1);
    CHECK(open->at(0).guid() == guid);
    CHECK(open->at(0).wait(patience).value().result == "p");
    office.settle();
    CHECK(office.broker.tasks().empty());
}

TEST_CASE("outcomes of a former life come to on_completed, those that are not there yet too") {
    Office office;
    {
        auto former = office.open();
        former.submit({.payload = "done"});
        office.work();
        former.submit({.payload = "pending"});
        office.settle();
    }
    std::vector<std::string> results;
    auto requester =
        office.open({.on_completed = [&](const Task& task) { results.push_back(task.result); }});
    office.catch_up();
    CHECK(results == std::vector<std::string>{"done"});
    office.work();
    CHECK(results == std::vector<std::string>{"done", "pending"});
    CHECK(office.broker.tasks().empty());
}

TEST_CASE("of two requesters of one name one gets the outcome, and it is resolved once") {
    Office office;
    int handled = 0;
    const auto count = [&](const Task& /*task*/) { ++handled; };
    auto one = office.open({.on_completed = count});
    auto two = office.open({.on_completed = count});
    one.submit({});
    office.work();
    office.pass(1min);
    CHECK(handled == 1);
    CHECK(office.broker.tasks().empty());
}

TEST_CASE("an outcome that takes long to handle is handed over once and resolved in the end") {
    Office office({.converge_every = 10s, .resolve_timeout = 30s});
    auto requester = office.open();
    const SubmittedTask submitted = requester.submit({.payload = "p"});
    int handed = 0;
    submitted.then([&](const Result<Task>& /*done*/) {
        ++handed;
        office.broker.advance(2min);  // the broker has long taken it back
        CHECK(office.state_of(submitted.guid()) == State::completed);
    });
    office.work();
    office.pass(1min);
    CHECK(handed == 1);
    CHECK(office.broker.tasks().empty());
}

TEST_CASE("the same key is the same task, in this life and in the next") {
    Office office;
    {
        auto former = office.open();
        CHECK(former.submit({.guid = "build-7"}).guid() == "n-build-7");
        CHECK(former.submit({.guid = "build-7"}).wait_until_posted(patience));
    }
    auto requester = office.open();
    const SubmittedTask again = requester.submit({.guid = "build-7"});
    REQUIRE(again.wait_until_posted(patience));
    CHECK(office.broker.tasks().size() == 1);
    office.work();
    CHECK(again.wait(patience));
}

TEST_CASE(
    "once its outcome was handled a key is free for another task, each with its own outcome") {
    Office office;
    auto requester = office.open();
    for (int i = 0; i < 20; ++i) {
        const std::string payload = std::to_string(i);
        const SubmittedTask submitted = requester.submit({.guid = "key", .payload = payload});
        REQUIRE(submitted.wait_until_posted(patience));
        office.work();
        CHECK(submitted.wait(patience).value().result == payload);
    }
}

TEST_CASE("an outcome that is waited for is resolved once its handlers have returned, not before") {
    Office office;
    bool was_resolving = false;
    std::optional<SubmittedTask> submitted;
    auto requester = office.open({.on_completed = [&](const Task& task) {
        // Somebody else has waited for it meanwhile.
        std::thread([&] { CHECK(submitted->wait(patience)); }).join();
        office.broker.settle();
        was_resolving = office.state_of(task.guid) == State::resolving;
    }});
    submitted = requester.submit({.payload = "p"});
    office.work();
    CHECK(was_resolving);
    CHECK(office.broker.tasks().empty());
}

TEST_CASE("what the board refuses fails at once, what it can't take now waits") {
    Office office({.payload_bytes = 10});
    auto requester = office.open();
    const SubmittedTask large = requester.submit({.payload = std::string(11, 'x')});
    CHECK(large.wait(patience).error().is(Status::too_large));
    CHECK(large.wait_until_posted(patience).error().is(Status::too_large));
    office.broker.set_read_only(true);
    const SubmittedTask later = requester.submit({});
    office.pass(10s);
    CHECK(later.wait_until_posted(0ms).error().code == Code::timed_out);
    office.broker.set_read_only(false);
    office.pass(10s);
    CHECK(later.wait_until_posted(patience));
}

TEST_CASE("what is submitted while the broker is away is on the board when it is back") {
    Office office;
    office.broker.stop();
    auto requester = office.open();
    const SubmittedTask submitted = requester.submit({.payload = "p"});
    office.pass(5min);
    office.broker.start();
    office.pass(1min);
    CHECK(submitted.wait_until_posted(patience));
    office.work();
    CHECK(submitted.wait(patience));
}

TEST_CASE("a cancelled task comes to its requester as any that failed") {
    Office office;
    auto requester = office.open();
    const SubmittedTask submitted = requester.submit({});
    REQUIRE(submitted.wait_until_posted(patience));
    REQUIRE(submitted.cancel("not needed"));
    office.catch_up();
    const Result<Task> done = submitted.wait(patience);
    REQUIRE(done);
    CHECK(done->failed);
    CHECK(done->failure_reason == "cancelled: not needed");
}

TEST_CASE("a task that somebody else removes comes to not_found") {
    Office office;
    auto requester = office.open();
    const SubmittedTask submitted = requester.submit({});
    office.work();
    const auto owned = office.worker.resolving_task(submitted.guid());
    REQUIRE(owned);
    REQUIRE(office.worker.resolve_task(submitted.guid(), owned->epoch));
    office.catch_up();
    CHECK(submitted.wait(patience).error().is(Status::not_found));
}

TEST_CASE("handles come to closed when the requester goes, their callbacks too") {
    Office office;
    std::optional<Requester> requester(office.open());
    const SubmittedTask waited = requester->submit({});
    const SubmittedTask called = requester->submit({});
    std::optional<Code> told;
    called.then([&](const Result<Task>& done) { told = done.error().code; });
    office.settle();
    requester.reset();
    CHECK(told == Code::closed);
    CHECK(waited.wait(patience).error().code == Code::closed);
    CHECK(waited.cancel().error().code == Code::closed);
    told.reset();
    waited.then([&](const Result<Task>& done) { told = done.error().code; });
    CHECK(told == Code::closed);
}

TEST_CASE("waiting inside a handler of one's own requester is misuse") {
    FakeBroker broker;
    std::optional<Code> code;
    std::atomic<bool> told = false;
    std::optional<SubmittedTask> other;
    auto requester = *Requester::open({.name = "n",
                                       .handlers = {.on_completed =
                                                        [&](const Task& /*task*/) {
                                                            code = other->wait().error().code;
                                                            told = true;
                                                            told.notify_one();
                                                        }},
                                       .client = broker.client_options()});
    other = requester.submit({.guid = "other"});
    REQUIRE(other->wait_until_posted(patience));
    REQUIRE(requester.submit({.guid = "one"}).wait_until_posted(patience));
    auto client = *Client::open(broker.client_options());
    REQUIRE(client.cancel({.guid = "n-one"}));
    for (int second = 0; second < 5 && !told; ++second) {
        broker.advance(1s);
    }
    told.wait(false);
    CHECK(code == Code::misuse);
}

TEST_CASE("a requester whose name or domain can't be right is refused at once") {
    for (const char* name : {"", "a-b", "a b", "a.b"}) {
        CHECK(Requester::open({.name = name}).error().field == "name");
    }
    CHECK(Requester::open({.name = std::string(64, 'x')}).error().field == "name");
    CHECK(Requester::open({.name = "n", .domain = "a b"}).error().field == "domain");
    CHECK(Requester::open({.name = "n", .client = {.endpoint = "nowhere"}}).error().code ==
          Code::unusable_endpoint);
}
