// The watch's machine: what it subscribes to, how it begins, what it delivers while nothing is
// lost.
#include "watch_harness.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

using Seqs = std::vector<Seq>;
using Guids = std::vector<std::string>;

TEST_CASE("a watch subscribes to the prefixes of what it wants, and to ticks") {
    const auto topics = [](WatchOptions options) {
        return WatchMachine(std::move(options), [] { return std::uint64_t{0}; }).topics();
    };
    CHECK(topics({.streams = {Stream::pending}}) == Guids{"tick", "pending."});
    CHECK(topics({.streams = {Stream::pending}, .domains = {"a", "b"}}) ==
          Guids{"tick", "pending.a.", "pending.b."});
    CHECK(topics({.streams = {Stream::completed}, .domains = {"a"}, .guid = "g"}) ==
          Guids{"tick", "completed.a.g"});
    CHECK(topics({.streams = {Stream::queue}, .domains = {"a"}}) == Guids{"tick", "queue.a."});
    CHECK(topics({}).size() == 9);
    CHECK(topics({.guid = "g"}).size() == 7);  // events of executors and queues do not match
}

TEST_CASE("from now: what happens after the first tick is delivered, and nothing is asked") {
    WatchHarness h({.streams = {Stream::pending}});
    h.board.happen(Stream::pending, "old");
    h.tick();
    h.publish(h.board.happen(Stream::pending, "a"));
    h.publish(h.board.happen(Stream::pending, "b"));
    h.tick();
    CHECK(h.seqs == Seqs{2, 3});
    CHECK(h.asks.empty());
    CHECK_FALSE(h.answer());
}

TEST_CASE("before the first tick nothing is asked or delivered") {
    WatchHarness h({.from = WatchFrom::beginning});
    h.publish(h.board.happen(Stream::pending, "a"));
    CHECK_FALSE(h.answer());
    CHECK(h.seqs.empty());
    h.tick();
    h.settle();
    CHECK(h.seqs == Seqs{1});
}

TEST_CASE("from the beginning: everything that is kept, then every later event, each once") {
    WatchHarness h({.from = WatchFrom::beginning}, {.page = 2});
    for (int i = 0; i < 5; ++i) {
        h.board.happen(Stream::pending, "t" + std::to_string(i));
    }
    h.tick();
    h.answer();
    h.publish(h.board.happen(Stream::claimed, "t0"));  // while it catches up
    h.settle();
    h.publish(h.board.happen(Stream::running, "t0"));
    h.tick();
    CHECK(h.seqs == Seqs{1, 2, 3, 4, 5, 6, 7});
    CHECK(h.asks.size() == 3);
}

TEST_CASE("after an event: the ones behind it") {
    WatchHarness h({.from = WatchFrom::after, .after = 2});
    for (int i = 0; i < 3; ++i) {
        h.board.happen(Stream::pending, "t");
    }
    h.tick();
    h.settle();
    CHECK(h.seqs == Seqs{3});
}

TEST_CASE("from a listing: what is there now, then what happens") {
    WatchHarness h({.streams = {Stream::pending}, .from = WatchFrom::listing});
    h.board.happen(Stream::pending, "a");
    h.board.happen(Stream::pending, "b");
    h.board.happen(Stream::claimed, "b");
    h.tick();
    h.settle();
    h.publish(h.board.happen(Stream::pending, "c"));
    CHECK(h.listed_guids == Guids{"a"});
    CHECK(h.seqs == Seqs{4});
    CHECK(std::get<ListArgs>(h.asks.at(0)).state == State::pending);
    CHECK(std::get<ReplayArgs>(h.asks.at(1)).after == 3);
}

TEST_CASE("a listing goes through every state and domain that is watched") {
    WatchHarness h({.streams = {Stream::pending, Stream::completed, Stream::resolved},
                    .domains = {"a", "b"},
                    .from = WatchFrom::listing});
    h.tick();
    h.settle();
    CHECK(std::count_if(h.asks.begin(), h.asks.end(), [](const Ask& ask) {
              return std::holds_alternative<ListArgs>(ask);
          }) == 4);
}

TEST_CASE("a listing is paged, and the replay begins at its first page") {
    WatchHarness h({.streams = {Stream::pending}, .from = WatchFrom::listing});
    h.board.happen(Stream::pending, "a");
    h.tick();
    REQUIRE(h.machine.take_ask(h.now));
    TaskPage first{.tasks = {{.guid = "a", .seq = 1}}, .cursor = "next", .seq = 1};
    h.machine.on_answer(Result<TaskPage>(first), h.now);
    const auto second = h.machine.take_ask(h.now);
    REQUIRE(second);
    CHECK(std::get<ListArgs>(*second).cursor == "next");
    // Between the pages b was put up (2), kicked (3), and c was put up (4); the page shows b.
    h.board.happen(Stream::pending, "b");
    h.board.happen(Stream::pending, "b");
    h.board.happen(Stream::pending, "c");
    TaskPage rest{.tasks = {{.guid = "b", .seq = 3}}, .seq = 3};
    h.machine.on_answer(Result<TaskPage>(rest), h.now);
    h.settle();
    CHECK(std::get<ReplayArgs>(h.asks.at(0)).after == 1);
    CHECK(h.listed_guids == Guids{"a", "b"});
    CHECK(h.seqs == Seqs{4});
}

TEST_CASE("what was published before the listing was made is not delivered again") {
    WatchHarness h({.streams = {Stream::pending}, .from = WatchFrom::listing});
    h.tick();
    const Event early = h.board.happen(Stream::pending, "a");
    const Event late = h.board.happen(Stream::pending, "b");
    h.publish(early);
    h.settle();
    h.publish(late);  // the publication is slower than the answers
    h.publish(h.board.happen(Stream::pending, "c"));
    CHECK(h.listed_guids == Guids{"a", "b"});
    CHECK(h.seqs == Seqs{3});
    CHECK_FALSE(h.answer());
}

TEST_CASE("a repeated event is dropped") {
    WatchHarness h({.streams = {Stream::pending}});
    h.tick();
    const Event event = h.board.happen(Stream::pending, "a");
    h.publish(event);
    h.publish(event);
    CHECK(h.seqs == Seqs{1});
}

TEST_CASE("what a prefix lets through but nobody wants is dropped") {
    WatchHarness h({.streams = {Stream::pending}, .domains = {"a"}, .guid = "g1"});
    h.tick();
    h.publish(h.board.happen(Stream::pending, "g1", "a"));
    h.publish(h.board.happen(Stream::pending, "g10", "a"));
    h.publish(h.board.happen(Stream::pending, "g1", "ab"));
    h.publish(h.board.happen(Stream::claimed, "g1", "a"));
    CHECK(h.seqs == Seqs{1});
}

TEST_CASE("pauses come to whoever watches the domain, published or fetched, and to no other one") {
    WatchHarness h({.domains = {"a"}});
    h.tick();
    h.publish(h.board.pause("a"));
    h.publish(h.board.pause("ab"));
    h.board.pause("a");  // lost on the way
    h.tick();
    h.settle();
    CHECK(h.seqs == Seqs{1, 3});
    WatchHarness one_task({.guid = "g"});
    one_task.tick();
    one_task.publish(one_task.board.pause("default"));
    CHECK(one_task.seqs.empty());
}

TEST_CASE("a watch of everything has pauses in their place") {
    WatchHarness h({});
    h.tick();
    h.publish(h.board.happen(Stream::pending, "g"));
    h.board.pause("a");
    h.publish(h.board.happen(Stream::pending, "h"));
    h.settle();
    CHECK(h.seqs == Seqs{1, 2, 3});
}

TEST_CASE("one task is got rather than listed") {
    WatchHarness h({.guid = "g", .from = WatchFrom::listing});
    h.tick();
    const auto ask = h.machine.take_ask(h.now);
    REQUIRE(ask);
    CHECK(std::get<GetArgs>(*ask).guid == "g");
    SECTION("it is there: as a header") {
        const Found found{.task = {.guid = "g", .payload = "12345", .seq = 1}, .seq = 0};
        h.machine.on_answer(Result<Found>(found), h.now);
        const auto deliveries = h.machine.take_deliveries();
        REQUIRE(deliveries.size() == 1);
        const Task& task = std::get<Listed>(deliveries[0]).task;
        CHECK(task.payload.empty());
        CHECK(task.payload_size == 5);
    }
    SECTION("it is not") {
        const Error absent{.code = Code::refused, .status = Status::not_found};
        h.machine.on_answer(Result<Found>(tl::unexpected(absent)), h.now);
        CHECK(h.machine.take_deliveries().empty());
        CHECK_FALSE(h.machine.failure());
    }
    h.settle();
    CHECK(std::holds_alternative<ReplayArgs>(h.asks.at(0)));
}

TEST_CASE("noise on the event socket changes nothing") {
    WatchHarness h({});
    h.machine.on_publication("tick", "noise", h.now);
    h.machine.on_publication("tick", "\x93\x01\x02\x03", h.now);
    h.machine.on_publication("pending.d.g", "\x80", h.now);
    h.machine.on_publication("pending.d.g", "\x01", h.now);
    h.tick();
    h.machine.on_publication("pending.d.g", "\x93\x01\x02\x03", h.now);
    h.publish(h.board.happen(Stream::pending, "a"));
    CHECK(h.seqs == Seqs{1});
}

TEST_CASE("a watch says how far it has caught up, once for each event, and anew after a reset") {
    WatchHarness watch({.from = WatchFrom::listing});
    watch.board.happen(Stream::pending, "g");
    CHECK_FALSE(watch.machine.take_caught_up());
    watch.tick();
    CHECK_FALSE(watch.machine.take_caught_up());  // it is listing
    watch.settle();
    CHECK(watch.machine.take_caught_up() == 1);
    CHECK_FALSE(watch.machine.take_caught_up());
    watch.publish(watch.board.happen(Stream::claimed, "g"));
    CHECK(watch.machine.take_caught_up() == 2);
    watch.board.log = "log-2";
    watch.tick();
    CHECK_FALSE(watch.machine.take_caught_up());
    watch.settle();
    CHECK(watch.machine.take_caught_up() == 2);
}
