// Clients and watches whose callbacks run on a loop of the user's.
#include "stage.hpp"

#include <algorithm>
#include <thread>

using namespace taskbbs;
using namespace taskbbs::testing;
using namespace std::chrono_literals;

TEST_CASE("with a place for callbacks they run there, and may call and block") {
    Stage stage;
    auto client = *Client::open(stage.here());
    bool applied = false;
    client.call(HelloArgs{}, [&](const Result<Hello>& /*hello*/) {
        applied = client.desire_task({.guid = "g"}).has_value();
    });
    stage.broker.settle();
    CHECK_FALSE(applied);
    stage.queue.dispatch();
    CHECK(applied);
}

TEST_CASE("calls that are under way when the client goes are answered all the same, once") {
    Stage stage;
    stage.broker.stop();
    std::vector<Code> codes;
    {
        auto client = *Client::open(stage.here());
        for (int i = 0; i < 3; ++i) {
            client.call(HelloArgs{},
                        [&](const Result<Hello>& hello) { codes.push_back(hello.error().code); });
        }
    }
    CHECK(codes.empty());
    stage.queue.dispatch();
    CHECK(codes == std::vector{Code::closed, Code::closed, Code::closed});
}

TEST_CASE("a watch is stopped by the thread that runs its handlers, outside and inside of one") {
    Stage stage;
    auto client = *Client::open(stage.here());
    int ends = 0;
    int events = 0;
    Watch watch;
    const auto begin = [&](bool stop_at_once) {
        watch = client.watch({.from = WatchFrom::beginning},
                             {.on_event =
                                  [&, stop_at_once](const Event& /*event*/) {
                                      ++events;
                                      if (stop_at_once) {
                                          watch.stop();
                                      }
                                  },
                              .on_end =
                                  [&](const std::optional<Error>& error) {
                                      CHECK_FALSE(error);
                                      ++ends;
                                  }});
        for (int second = 0; second < 3; ++second) {
            stage.pass(1s);
        }
    };
    REQUIRE(client.desire_task({.guid = "a"}));
    REQUIRE(client.desire_task({.guid = "b"}));
    begin(false);
    CHECK(events == 2);
    CHECK(ends == 0);
    watch.stop();
    CHECK(ends == 1);
    CHECK_FALSE(watch.running());
    begin(true);
    CHECK(events == 3);  // nothing comes after the stop
    CHECK(ends == 2);
}

TEST_CASE("a client that goes ends the watches of its thread") {
    Stage stage;
    std::optional<Code> code;
    std::optional<Client> client(*Client::open(stage.here()));
    const Watch watch = client->watch(
        {}, {.on_end = [&](const std::optional<Error>& error) { code = error.value().code; }});
    stage.pass(2s);
    client.reset();
    CHECK(code == Code::closed);
}

TEST_CASE("a watch whose handlers do not run yet loses nothing meanwhile") {
    Stage stage({.kick_interval = 1h});
    auto client = *Client::open(stage.here());
    auto other = stage.client();
    std::vector<Seq> seqs;
    const Watch watch =
        client.watch({.from = WatchFrom::beginning},
                     {.on_event = [&](const Event& event) { seqs.push_back(event.seq); }});
    for (int i = 0; i < 20; ++i) {
        REQUIRE(other.desire_task({.guid = "g" + std::to_string(i)}));
        stage.broker.advance(1s);  // nobody dispatches
    }
    for (int second = 0; second < 30; ++second) {
        stage.pass(1s);
    }
    REQUIRE(seqs.size() == 20);
    CHECK(std::is_sorted(seqs.begin(), seqs.end()));
}

TEST_CASE("an executor session's handlers run where the client's callbacks do") {
    Stage stage;
    std::vector<std::thread::id> told_on;
    auto session = *ExecutorSession::open(
        {.executor_id = "e",
         .handlers = {.on_presence =
                          [&](Presence /*presence*/, const std::optional<Error>& /*error*/) {
                              told_on.push_back(std::this_thread::get_id());
                          }},
         .client = stage.here()});
    stage.settle();
    CHECK(told_on == std::vector{std::this_thread::get_id()});
    CHECK(session.presence() == Presence::present);
}
