// Watches of the SDK against the real broker: nothing is missed, however slow the watcher and
// however often the broker is killed.
#include "broker_process.hpp"
#include "history.hpp"
#include "lives.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

using namespace taskbbs;
using namespace taskbbs::test;

namespace {

// What a watch has handed over.
class Seen {
  public:
    void add(const Event& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
    }

    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return events_.size();
    }

    std::vector<Event> events() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }

    // Of several streams an older event may come after a newer one.
    std::vector<Event> by_seq() const {
        std::vector<Event> sorted = events();
        std::ranges::stable_sort(sorted, {}, &Event::seq);
        return sorted;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<Event> events_;
};

// Lets those go who wait for the flag, at the latest when its scope ends.
class LetGo {
  public:
    explicit LetGo(std::atomic<bool>& flag) : flag_(flag) {}

    ~LetGo() { now(); }

    LetGo(const LetGo&) = delete;
    LetGo& operator=(const LetGo&) = delete;

    void now() const {
        flag_ = true;
        flag_.notify_all();
    }

  private:
    std::atomic<bool>& flag_;
};

WatchHandlers into(Seen& seen) {
    return {.on_event = [&seen](const Event& event) { seen.add(event); }};
}

void desire_many(Client& client, int count) {
    std::atomic<int> answered = 0;
    std::atomic<int> accepted = 0;
    for (int i = 0; i < count; ++i) {
        DesireArgs args;
        args.task.guid = "g" + std::to_string(i);
        const auto count_it = [&](const Result<Applied>& result) {
            accepted += result ? 1 : 0;
            ++answered;
        };
        client.call(args, Callback<Applied>(count_it), {.timeout = patience});
    }
    wait_until("every desire is answered", [&] { return answered == count; });
    REQUIRE(accepted == count);
}

// Announces every pending task again: many events for one call.
void kick_all(Client& client, std::int64_t count) {
    std::int64_t kicked = 0;
    wait_until("pending tasks are announced again", [&] {
        kicked = client.converge_tasks(std::chrono::hours(1), milliseconds(0)).value().kicked;
        return kicked > 0;
    });
    REQUIRE(kicked == count);
}

}  // namespace

TEST_CASE("a watch whose handler blocks while more passes than is queued for it misses nothing") {
    constexpr int tasks = 10'000;
    constexpr int passes = 12;
    BrokerProcess broker;
    auto client = Client::open({.endpoint = broker.requests()});
    REQUIRE(client);
    Seen all;
    Seen pending;
    std::atomic<bool> storm_is_over = false;
    const Watch slow =
        client->watch({.from = WatchFrom::beginning}, {.on_event = [&](const Event& event) {
                          storm_is_over.wait(false);
                          all.add(event);
                      }});
    const LetGo let_go(storm_is_over);  // ends before the watch does, whatever fails
    const Watch narrow =
        client->watch({.streams = {Stream::pending}, .from = WatchFrom::beginning}, into(pending));
    desire_many(*client, tasks);
    wait_until("desired tasks are seen", [&] { return pending.count() == tasks; });
    for (int i = 0; i < passes; ++i) {
        kick_all(*client, tasks);
    }
    REQUIRE(client->claim_task("g1", "e1"));
    let_go.now();

    const std::vector<Event> journaled = history(*client);
    wait_until("every event is seen", [&] { return all.count() >= journaled.size(); });
    CHECK((all.by_seq() == journaled));
    const std::vector<Event> of_stream = history(*client, {Stream::pending});
    wait_until("every event of the stream is seen",
               [&] { return pending.count() >= of_stream.size(); });
    CHECK((pending.events() == of_stream));
}

TEST_CASE("a watch over kill -9 hands over every event once") {
    BrokerProcess broker;
    auto watcher = Client::open({.endpoint = broker.requests()});
    auto worker = Client::open({.endpoint = broker.requests()});
    REQUIRE((watcher && worker));
    Seen all;
    Seen completed;
    const Watch everything = watcher->watch({.from = WatchFrom::beginning}, into(all));
    const Watch narrow = watcher->watch(
        {.streams = {Stream::completed}, .from = WatchFrom::beginning}, into(completed));
    Lives lives(*worker, "lives");
    lives.begin(50);
    for (int i = 0; i < 5; ++i) {
        const int goal = lives.answered() + 1000;
        wait_until("calls are answered", [&] { return lives.answered() >= goal; });
        broker.kill();
        broker.start();
    }
    lives.finish();
    CHECK(lives.failure().empty());

    const std::vector<Event> journaled = history(*worker);
    wait_until("every event is seen", [&] { return all.count() >= journaled.size(); });
    CHECK((all.by_seq() == journaled));
    const std::vector<Event> of_stream = history(*worker, {Stream::completed});
    wait_until("every event of the stream is seen",
               [&] { return completed.count() >= of_stream.size(); });
    CHECK((completed.events() == of_stream));
}

TEST_CASE("a watch for desired tasks hands over those that were there and those that come") {
    BrokerProcess broker;
    auto client = Client::open({.endpoint = broker.requests()});
    REQUIRE(client);
    std::mutex mutex;
    std::set<std::string> seen;
    const auto has = [&](const std::string& guid) {
        const std::lock_guard lock(mutex);
        return seen.contains(guid);
    };
    Task task;
    task.guid = "before";
    REQUIRE(client->desire_task(task));
    const Watch watch = client->watch_for_desired_task([&](const Task& desired) {
        const std::lock_guard lock(mutex);
        seen.insert(desired.guid);
    });
    wait_until("a task that was there", [&] { return has("before"); });
    broker.kill();
    broker.start();
    task.guid = "after";
    REQUIRE(client->desire_task(task));
    wait_until("a task that came", [&] { return has("after"); });
}
