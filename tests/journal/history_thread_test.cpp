// The history thread: every question is answered once, in order.
#include "broker/journal/history_thread.hpp"

#include "broker/journal/posix_disk.hpp"
#include "tests/journal/run.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/waiting.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

TEST_CASE("queries are answered in the order in which they were asked") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    Run run(disk);
    for (std::uint32_t count = 1; count < 20; ++count)
        run.write(count);
    HistoryThread history(disk, small_settings(), {});
    for (HistoryThread::Token token = 0; token < 50; ++token) {
        const auto after = static_cast<Seq>(token);
        REQUIRE(history.ask({.after = after, .up_to = run.last(), .limit = 3}, token));
    }
    HistoryThread::Token expected = 0;
    while (expected < 50) {
        REQUIRE(becomes_readable(history.fd()));
        while (const std::optional<HistoryThread::Finished> finished = history.take_finished()) {
            REQUIRE(finished->token == expected);
            CHECK(finished->page.next == static_cast<Seq>(expected) + 3);
            ++expected;
        }
    }
    CHECK_FALSE(history.take_finished());
}

TEST_CASE("it reads while the journal is being written") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    Run run(disk);
    HistoryThread history(disk, small_settings(), {});
    Seq next = 0;
    for (std::uint32_t round = 0; round < 60; ++round) {
        run.write(round % 11 + 1);
        history.advance({.durable = run.last()});
        REQUIRE(history.ask({.after = next, .up_to = run.last()}, round));
        run.write(2);
        REQUIRE(becomes_readable(history.fd()));
        const std::optional<HistoryThread::Finished> finished = history.take_finished();
        REQUIRE(finished);
        REQUIRE(finished->page.kind == Page::Kind::events);
        next = finished->page.next;
        CHECK(next == run.last() - 2);
    }
}

TEST_CASE("more queries than the bound are turned away") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    Run run(disk);
    run.write(2);
    HistoryThread history(disk, small_settings(), {});
    for (std::size_t i = 0; i < HistoryThread::max_queries; ++i)
        REQUIRE(history.ask({.up_to = 2}, i));
    CHECK_FALSE(history.ask({.up_to = 2}, 0));
    REQUIRE(becomes_readable(history.fd()));
    REQUIRE(history.take_finished());
    CHECK(history.ask({.up_to = 2}, 0));
}

TEST_CASE("it ends with queries waiting and indexing under way") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    Run run(disk);
    for (std::uint32_t count = 1; count < 30; ++count)
        run.write(count);
    HistoryThread history(disk, small_settings(), {});
    history.advance({.durable = run.last()});
    for (HistoryThread::Token token = 0; token < 500; ++token) {
        REQUIRE(history.ask({.up_to = run.last()}, token));
    }
}

TEST_CASE("old segments are retired while questions never cease") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    Run run(disk);
    for (std::uint32_t count = 1; count < 30; ++count)
        run.write(count);
    HistoryThread history(disk, small_settings(), {});
    HistoryThread::Token token = 0;
    const auto ask = [&] { return history.ask({.up_to = run.last(), .limit = 1}, ++token); };
    REQUIRE((ask() && ask() && ask()));
    history.advance({.durable = run.last(),
                     .needed_from = run.last(),
                     .now = protocol::Time(std::chrono::hours(1000000))});
    std::vector<std::string> retired;
    while (retired.empty() && token < 1000) {
        REQUIRE(becomes_readable(history.fd()));
        retired = history.take_retired();
        while (history.take_finished())
            REQUIRE(ask());
    }
    CHECK_FALSE(retired.empty());
}

}  // namespace taskbbs::journal
