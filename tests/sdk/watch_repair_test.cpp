// The watch's machine when publications are lost, the broker is away, or its history is another.
#include "watch_harness.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

using Seqs = std::vector<Seq>;

TEST_CASE("a hole in a stream is fetched, in order, and what came meanwhile follows") {
    WatchHarness h({.streams = {Stream::pending}});
    h.tick();
    h.publish(h.board.happen(Stream::pending, "a"));
    h.board.happen(Stream::pending, "lost");
    h.publish(h.board.happen(Stream::pending, "c"));
    CHECK(h.seqs == Seqs{1});
    h.publish(h.board.happen(Stream::pending, "d"));
    h.settle();
    CHECK(h.seqs == Seqs{1, 2, 3, 4});
    REQUIRE(h.asks.size() == 1);
    CHECK(std::get<ReplayArgs>(h.asks[0]).streams == std::vector<Stream>{Stream::pending});
}

TEST_CASE("a hole in a stream that is not watched is none") {
    WatchHarness h({.streams = {Stream::pending}});
    h.tick();
    h.board.happen(Stream::claimed, "a");
    h.publish(h.board.happen(Stream::pending, "b"));
    h.tick();
    CHECK(h.seqs == Seqs{2});
    CHECK_FALSE(h.answer());
}

TEST_CASE("who watches all streams sees a hole between them and keeps their order") {
    WatchHarness h({});
    h.tick();
    h.publish(h.board.happen(Stream::pending, "a"));
    h.board.happen(Stream::claimed, "a");
    h.publish(h.board.happen(Stream::running, "a"));
    CHECK(h.seqs == Seqs{1});
    h.settle();
    CHECK(h.seqs == Seqs{1, 2, 3});
}

TEST_CASE("a tick that is ahead tells of a lost tail") {
    WatchHarness h({.streams = {Stream::pending}});
    h.tick();
    h.board.happen(Stream::pending, "lost");
    h.tick();
    h.settle();
    CHECK(h.seqs == Seqs{1});
    h.tick();
    CHECK(h.asks.size() == 1);
}

TEST_CASE("a watch of less than a stream asks whenever a tick is ahead, with its filter") {
    WatchHarness h({.streams = {Stream::pending}, .domains = {"d"}});
    h.tick();
    h.publish(h.board.happen(Stream::pending, "a", "d"));
    h.board.happen(Stream::pending, "lost", "d");
    h.board.happen(Stream::pending, "other", "x");
    h.publish(h.board.happen(Stream::pending, "c", "d"));
    CHECK(h.seqs == Seqs{1, 4});
    h.tick();
    h.settle();
    CHECK(h.seqs == Seqs{1, 4, 2});
    CHECK(std::get<ReplayArgs>(h.asks.at(0)).domains == std::vector<std::string>{"d"});
    h.tick();
    CHECK_FALSE(h.answer());
}

TEST_CASE("an older tick tells nothing") {
    WatchHarness h({});
    h.tick();
    const std::string older = h.board.tick();
    h.publish(h.board.happen(Stream::pending, "a"));
    h.machine.on_publication("tick", older, h.now);
    CHECK_FALSE(h.answer());
    CHECK(h.resets.empty());
}

TEST_CASE("more publications than are kept while catching up are fetched like lost ones") {
    WatchHarness h({.from = WatchFrom::beginning}, {.early = 3});
    h.tick();
    for (int i = 0; i < 10; ++i) {
        h.publish(h.board.happen(Stream::pending, "t" + std::to_string(i)));
    }
    h.settle();
    h.tick();
    h.settle();
    CHECK(h.seqs == Seqs{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
}

TEST_CASE("a failure that passes is asked again after a pause") {
    WatchHarness h({.from = WatchFrom::beginning});
    h.board.happen(Stream::pending, "a");
    h.tick();
    REQUIRE(h.machine.take_ask(h.now));
    h.machine.on_answer(Result<Replayed>(tl::unexpected(Error{.code = Code::timed_out})), h.now);
    CHECK_FALSE(h.machine.failure());
    h.now += 1s;
    h.settle();
    CHECK(h.seqs == Seqs{1});
}

TEST_CASE("a refusal for good ends the watch") {
    WatchHarness h({.from = WatchFrom::beginning});
    h.tick();
    REQUIRE(h.machine.take_ask(h.now));
    const Error denied{.code = Code::refused, .status = Status::denied};
    h.machine.on_answer(Result<Replayed>(tl::unexpected(denied)), h.now);
    REQUIRE(h.machine.failure());
    CHECK(h.machine.failure()->is(Status::denied));
    CHECK_FALSE(h.answer());
    CHECK_FALSE(h.machine.next_deadline());
}

TEST_CASE("silence asks for a new connection, and nothing that happened meanwhile is missed") {
    WatchHarness h({.streams = {Stream::pending}});
    h.tick();
    h.publish(h.board.happen(Stream::pending, "a"));
    h.board.happen(Stream::pending, "missed");
    h.now = *h.machine.next_deadline();
    h.machine.on_timer(h.now);
    CHECK(h.machine.wants_connection());
    h.machine.on_connected(h.now);
    h.board.happen(Stream::pending, "missed too");
    h.tick();
    h.settle();
    CHECK(h.seqs == Seqs{1, 2, 3});
    CHECK(h.resets.empty());
}

TEST_CASE("another log is told, and a listing is made anew") {
    WatchHarness h({.streams = {Stream::pending}, .from = WatchFrom::listing});
    for (const char* guid : {"a", "b", "c"}) {
        h.board.happen(Stream::pending, guid);
    }
    h.tick();
    h.settle();
    h.board.events.resize(1);  // restored from a backup
    h.board.log = "log-2";
    h.tick();
    CHECK(h.resets == std::vector{Reset::Reason::log_changed});
    h.settle();
    CHECK(h.listed_guids == std::vector<std::string>{"a", "b", "c", "a"});
}

TEST_CASE("an answer about a history that is gone is dropped") {
    WatchHarness h({.from = WatchFrom::beginning});
    h.board.happen(Stream::pending, "a");
    h.tick();
    const auto ask = h.machine.take_ask(h.now);
    REQUIRE(ask);
    const auto stale = h.board.replay(std::get<ReplayArgs>(*ask));
    h.board.log = "log-2";
    h.board.happen(Stream::pending, "b");
    h.tick();
    h.machine.on_answer(stale, h.now);
    h.collect();
    CHECK(h.seqs.empty());
    h.settle();
    CHECK(h.seqs == Seqs{1, 2});
}

TEST_CASE("from now or after an event, another log is told and the watch goes on from there") {
    for (const WatchFrom from : {WatchFrom::now, WatchFrom::after}) {
        WatchHarness h({.from = from});
        h.board.happen(Stream::pending, "a");
        h.tick();
        h.settle();
        h.seqs.clear();
        h.board.log = "log-2";
        h.tick();
        h.publish(h.board.happen(Stream::pending, "b"));
        CHECK(h.resets.size() == 1);
        CHECK(h.seqs == Seqs{2});
    }
}

TEST_CASE("truncated: a listing is made anew, other watches go on with what is kept") {
    const WatchFrom from = GENERATE(WatchFrom::listing, WatchFrom::now);
    WatchHarness h({.streams = {Stream::pending}, .from = from});
    h.tick();
    h.settle();
    for (int i = 0; i < 10; ++i) {
        h.board.happen(Stream::pending, "t" + std::to_string(i));
    }
    h.board.oldest = 6;
    h.tick();
    h.settle();
    CHECK(h.resets == std::vector{Reset::Reason::truncated});
    CHECK(h.listed_guids.size() == (from == WatchFrom::listing ? 10 : 0));
    CHECK(h.seqs == (from == WatchFrom::listing ? Seqs{} : Seqs{6, 7, 8, 9, 10}));
}

TEST_CASE("the beginning is the oldest that is kept, without a word about what is older") {
    WatchHarness h({.from = WatchFrom::beginning});
    for (int i = 0; i < 4; ++i) {
        h.board.happen(Stream::pending, "t" + std::to_string(i));
    }
    h.board.oldest = 3;
    h.tick();
    h.settle();
    CHECK(h.seqs == Seqs{3, 4});
    CHECK(h.resets.empty());
}

TEST_CASE("an event of a kind that is not known makes no hole") {
    WatchHarness h({.streams = {Stream::pending}});
    h.tick();
    const Event strange = h.board.happen(Stream::pending, "a");
    std::string bytes;
    protocol::Packer packer(bytes);
    packer.map(3);
    packer.str("seq");
    packer.integer(strange.seq);
    packer.str("stream");
    packer.str("pending");
    packer.str("ordinal");
    packer.integer(strange.ordinal);
    h.machine.on_publication("pending.default.a", bytes, h.now);
    h.publish(h.board.happen(Stream::pending, "b"));
    CHECK(h.seqs == Seqs{2});
    CHECK_FALSE(h.answer());
}

TEST_CASE("whatever is lost, every event is delivered once, of whole streams, in order") {
    const bool all_streams = GENERATE(true, false);
    const bool one_domain = GENERATE(true, false);
    std::uint64_t random = 99;
    const auto next = [&](std::uint64_t bound) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        return (random >> 33U) % bound;
    };
    WatchOptions options{.from = WatchFrom::beginning};
    options.streams = all_streams ? std::vector<Stream>{}
                                  : std::vector<Stream>{Stream::pending, Stream::completed};
    options.domains = one_domain ? std::vector<std::string>{"d"} : std::vector<std::string>{};
    WatchHarness h(options, {.early = 20, .page = 10});
    for (int step = 0; step < 5000; ++step) {
        switch (next(6)) {
            case 0:
                h.tick();
                break;
            case 1:
                h.now += 200ms;
                h.answer();
                break;
            default: {
                const Event event = h.board.happen(static_cast<Stream>(next(5)),
                                                   "t" + std::to_string(next(9)),
                                                   next(2) ? "d" : "x");
                const bool wanted = (!one_domain || event.task.domain == "d");
                if (next(4) != 0 && wanted) {
                    h.publish(event);
                }
            }
        }
    }
    for (int i = 0; i < 1000; ++i) {
        h.now += 1s;
        h.tick();
        h.settle();
    }
    Seqs expected;
    for (const Event& event : h.board.events) {
        const bool in_stream =
            all_streams || event.stream == Stream::pending || event.stream == Stream::completed;
        if (in_stream && (!one_domain || event.task.domain == "d")) {
            expected.push_back(event.seq);
        }
    }
    Seqs sorted = h.seqs;
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == expected);
    std::map<Stream, Seqs> by_stream;
    for (const Seq seq : h.seqs) {
        by_stream[h.board.events[static_cast<std::size_t>(seq) - 1].stream].push_back(seq);
    }
    const bool in_order = std::all_of(by_stream.begin(), by_stream.end(), [](const auto& stream) {
        return std::is_sorted(stream.second.begin(), stream.second.end());
    });
    CHECK((in_order || one_domain));  // less than a stream: an older one may come later
    CHECK((h.seqs == expected || !all_streams || one_domain));
    CHECK(h.resets.empty());
}
