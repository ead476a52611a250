// Watches as a whole, in front of a stub: delivery, the end, handlers that call the client.
#include "stub_broker.hpp"

#include <taskbbs/client.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

namespace {

std::string tick_of(Seq seq) {
    std::string body;
    protocol::Packer packer(body);
    encode(packer, protocol::Tick{.seq = seq, .ordinals = {{seq}}, .log = "log"});
    return body;
}

std::string event_of(Seq seq) {
    std::string body;
    protocol::Packer packer(body);
    encode(packer,
           protocol::TaskEventView{.seq = seq, .ordinal = seq, .task = {.guid = "published"}},
           protocol::Defaults::keep,
           protocol::header);
    return body;
}

// A board with one pending task, up to seq 1.
void one_pending(protocol::ReplyWriter& writer, const protocol::Request& request) {
    std::string task;
    protocol::Packer packer(task);
    encode(packer, protocol::TaskView{.guid = "listed", .seq = 1});
    if (request.verb == "list") {
        writer.add(request.id,
                   protocol::Status::ok,
                   protocol::ListReply{.tasks = {.count = 1, .packed = task}, .seq = 1});
    } else if (request.verb == "replay") {
        writer.add(request.id, protocol::Status::ok, protocol::ReplayReply{.next = 1, .seq = 1});
    } else {
        say_ok(writer, request);
    }
}

// Publishes ticks until it goes.
class Ticking {
  public:
    Ticking(StubBroker& broker, Seq seq)
        : thread_([&broker, seq, this] {
              while (!stop_) {
                  broker.publish("tick", tick_of(seq));
                  std::this_thread::sleep_for(10ms);
              }
          }) {}

    ~Ticking() {
        stop_ = true;
        thread_.join();
    }

    Ticking(const Ticking&) = delete;
    Ticking& operator=(const Ticking&) = delete;
    Ticking(Ticking&&) = delete;
    Ticking& operator=(Ticking&&) = delete;

  private:
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

class SeenGuids {
  public:
    void add(const std::string& guid) {
        const std::lock_guard lock(mutex_);
        guids_.push_back(guid);
        changed_.notify_all();
    }

    // Waits for so many.
    std::vector<std::string> take(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [&] { return guids_.size() >= count; });
        return guids_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> guids_;
};

}  // namespace

TEST_CASE("a watch for desired tasks delivers what is pending and what is published then") {
    StubBroker broker(one_pending);
    Client client = *Client::open({.endpoint = broker.endpoint()});
    SeenGuids guids;
    std::atomic<int> ends = 0;
    std::optional<Error> why;
    Watch watch = client.watch_for_desired_task([&](const Task& task) { guids.add(task.guid); },
                                                [&](const std::optional<Error>& error) {
                                                    why = error;
                                                    ++ends;
                                                });
    {
        const Ticking ticking(broker, 1);
        CHECK(guids.take(1) == std::vector<std::string>{"listed"});
    }
    broker.publish("pending.default.published", event_of(2));
    CHECK(guids.take(2) == std::vector<std::string>{"listed", "published"});
    watch.stop();
    CHECK(ends == 1);
    CHECK_FALSE(why);
    CHECK_FALSE(watch.running());
    watch.stop();
    CHECK(ends == 1);
}

TEST_CASE("a handler may call the client and wait for the answer") {
    StubBroker broker(one_pending);
    Client client = *Client::open({.endpoint = broker.endpoint()});
    const Ticking ticking(broker, 1);
    SeenGuids claimed;
    const Watch watch = client.watch_for_desired_task(
        [&](const Task& task) { claimed.add(client.claim_task(task.guid, "e") ? "yes" : "no"); });
    CHECK(claimed.take(1) == std::vector<std::string>{"yes"});
}

TEST_CASE("a handler may stop its own watch") {
    StubBroker broker(one_pending);
    Client client = *Client::open({.endpoint = broker.endpoint()});
    const Ticking ticking(broker, 1);
    SeenGuids ends;
    Watch watch;
    std::mutex assigned;
    {
        const std::lock_guard lock(assigned);
        watch = client.watch_for_desired_task(
            [&](const Task&) {
                const std::lock_guard wait(assigned);
                watch.stop();
            },
            [&](const std::optional<Error>& error) { ends.add(error ? "why?" : "asked for"); });
    }
    CHECK(ends.take(1) == std::vector<std::string>{"asked for"});
}

TEST_CASE("the end of the client is the end of its watches, told once") {
    StubBroker broker(one_pending);
    std::atomic<int> ends = 0;
    std::optional<Error> why;
    Watch watch;
    {
        Client client = *Client::open({.endpoint = broker.endpoint()});
        watch = client.watch({}, {.on_end = [&](const std::optional<Error>& error) {
                                 why = error;
                                 ++ends;
                             }});
    }
    CHECK(ends == 1);
    REQUIRE(why);
    CHECK(why->code == Code::closed);
    CHECK_FALSE(watch.running());
}

TEST_CASE("an unreachable broker is no end, and a watch of it can be stopped") {
    Client client = *Client::open({.endpoint = "tcp://127.0.0.1:9"});
    std::atomic<int> ends = 0;
    {
        const Watch watch =
            client.watch({}, {.on_end = [&](const std::optional<Error>&) { ++ends; }});
        CHECK(watch.running());
    }
    CHECK(ends == 1);
}

TEST_CASE("a filter that the contract does not allow ends the watch at once, without a broker") {
    Client client = *Client::open({.endpoint = "tcp://127.0.0.1:9"});
    const auto field_of_end = [&](WatchOptions options) {
        std::promise<Error> told;
        auto watch = client.watch(
            std::move(options),
            {.on_end = [&](const std::optional<Error>& error) { told.set_value(error.value()); }});
        const Error error = told.get_future().get();
        CHECK(error.is(Status::invalid_request));
        return error.field;
    };
    CHECK(field_of_end({.domains = {"bad dom"}}) == "domains");
    CHECK(field_of_end({.domains = {std::string(65, 'x')}}) == "domains");
    CHECK(field_of_end({.guid = "a.b"}) == "guid");
}
