// Watchers in front of the real board, by a clock that is turned.
#include "stage.hpp"

#include <taskbbs/watcher.hpp>

using namespace taskbbs;
using namespace taskbbs::testing;
using namespace std::chrono_literals;

namespace {

// A watcher whose changes are written down as "before>after", a letter a state.
struct Lookout : Stage {
    explicit Lookout(WatcherOptions options = {}) : Stage({.kick_interval = 1h}) {
        options.client = here();
        options.on_change = [this](const std::optional<Task>& before,
                                   const std::optional<Task>& after) {
            story.push_back(word(before) + ">" + word(after));
        };
        watcher.emplace(*Watcher::open(std::move(options)));
    }

    static std::string word(const std::optional<Task>& task) {
        return task ? std::string(name_of(task->state)) : std::string();
    }

    void catch_up() {
        for (int second = 0; second < 5; ++second) {
            pass(1s);
        }
    }

    // What changed since the last call.
    std::vector<std::string> changes() {
        catch_up();
        return std::exchange(story, {});
    }

    std::vector<std::string> story;
    Client other = client();
    std::optional<Watcher> watcher;
};

using Story = std::vector<std::string>;

}  // namespace

TEST_CASE("a watcher begins with what is there and goes on with each change") {
    Lookout lookout;
    REQUIRE(lookout.other.desire_task({.guid = "g", .stack = "linux"}));
    CHECK(lookout.changes() == Story{">pending"});
    CHECK(lookout.watcher->wait_until_live(patience));
    const Seq epoch = lookout.other.claim_task("g", "e").value().epoch;
    REQUIRE(lookout.other.start_task("g", "e", epoch, ""));
    CHECK(lookout.changes() == Story{"pending>claimed", "claimed>running"});
    const auto seen = lookout.watcher->find("g");
    REQUIRE(seen);
    CHECK(seen->executor_id == "e");
    CHECK(seen->stack == "linux");
    CHECK(lookout.watcher->snapshot().at("g") == *seen);
    REQUIRE(lookout.other.complete_task("g", epoch, {}));
    const Seq resolving = lookout.other.resolving_task("g").value().epoch;
    REQUIRE(lookout.other.resolve_task("g", resolving));
    CHECK(lookout.changes() == Story{"running>completed", "completed>resolving", "resolving>"});
    CHECK(lookout.watcher->size() == 0);
    CHECK(lookout.watcher->position() == 6);
}

TEST_CASE("a watcher of some states or of a domain sees no others") {
    Lookout lookout({.domains = {"d"}, .states = {State::completed}});
    REQUIRE(lookout.other.desire_task({.guid = "other"}));
    REQUIRE(lookout.other.cancel({.guid = "other"}));
    REQUIRE(lookout.other.desire_task({.guid = "g", .domain = "d"}));
    CHECK(lookout.changes().empty());
    REQUIRE(lookout.other.cancel({.guid = "g"}));
    CHECK(lookout.changes() == Story{">completed"});
    CHECK(lookout.watcher->size() == 1);
}

TEST_CASE("a watcher misses nothing while the broker is away and comes back") {
    Lookout lookout;
    REQUIRE(lookout.other.desire_task({.guid = "a"}));
    CHECK(lookout.changes() == Story{">pending"});
    lookout.broker.stop();
    lookout.pass(3s);
    lookout.broker.start();
    REQUIRE(lookout.other.cancel({.guid = "a"}));
    for (int i = 0; i < 6; ++i) {
        lookout.catch_up();
    }
    CHECK(lookout.changes() == Story{"pending>completed"});
}

TEST_CASE("with a queue nothing is told, and nothing shown, before it is dispatched") {
    Lookout lookout;
    REQUIRE(lookout.other.desire_task({.guid = "g"}));
    for (int second = 0; second < 5; ++second) {
        lookout.broker.advance(1s);
    }
    CHECK(lookout.story.empty());
    CHECK(lookout.watcher->size() == 0);
    CHECK(lookout.watcher->wait_until_live(0ms).error().code == Code::timed_out);
    CHECK(lookout.changes() == Story{">pending"});
}

TEST_CASE("waiting for a watcher inside of its own handler is misuse") {
    FakeBroker broker;
    std::optional<Watcher> watcher;
    std::optional<Code> code;
    Queue queue = *Queue::open();
    watcher.emplace(
        *Watcher::open({.on_change =
                            [&](const std::optional<Task>&, const std::optional<Task>&) {
                                code = watcher->wait_until_live(patience).error().code;
                            },
                        .client = broker.client_options(queue.poster())}));
    REQUIRE(Client::open(broker.client_options())->desire_task({.guid = "g"}));
    for (int second = 0; second < 5; ++second) {
        broker.advance(1s);
        queue.dispatch();
    }
    CHECK(code == Code::misuse);
}

TEST_CASE("a watcher that goes tells nothing more") {
    Lookout lookout;
    REQUIRE(lookout.other.desire_task({.guid = "g"}));
    for (int second = 0; second < 5; ++second) {
        lookout.broker.advance(1s);
    }
    lookout.watcher.reset();
    lookout.queue.dispatch();
    CHECK(lookout.story.empty());
}

TEST_CASE("a watcher of a domain that can be none is refused at once") {
    CHECK(Watcher::open({.domains = {"a b"}}).error().field == "domains");
    CHECK(Watcher::open({.guid = "a b"}).error().field == "guid");
}
