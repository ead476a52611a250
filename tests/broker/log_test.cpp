// Which lines are written, and where they go.
#include "broker/log.hpp"

#include "tests/broker/fake_journal.hpp"
#include "tests/broker/pipe.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace taskbbs::broker;
using namespace taskbbs::broker_test;
using namespace std::chrono_literals;

namespace {

// The clock of the logs below.
Hush::Moment moment_now{1h};

Hush::Moment now() {
    return moment_now;
}

// Where nobody reads, so that lines go to the descriptor.
const LogSurroundings no_journal{.journal_socket = "/nonexistent/journal", .now = now};

}  // namespace

TEST_CASE("auto is journald only where the descriptor is the journal's stream") {
    const Pipe pipe;

    struct stat status {};

    REQUIRE(fstat(pipe.writer(), &status) == 0);
    const std::string stream = fmt::format("{}:{}", status.st_dev, status.st_ino);
    const auto style = [&](LogFormat format, const char* journal) {
        return log_style(format, pipe.writer(), journal);
    };
    CHECK(style(LogFormat::automatic, stream.c_str()) == LogStyle::journald);
    CHECK(style(LogFormat::automatic, "8:1") == LogStyle::text);
    CHECK(style(LogFormat::automatic, nullptr) == LogStyle::text);
    CHECK(style(LogFormat::text, stream.c_str()) == LogStyle::text);
    CHECK(style(LogFormat::json, stream.c_str()) == LogStyle::json);
}

TEST_CASE("a level shows itself and what is more urgent") {
    const Pipe pipe;
    Log log(pipe.writer(), LogStyle::journald, Level::warn, no_journal);
    log.info("hidden");
    log.debug("hidden");
    log.warn("shown");
    log.error("shown", {{"code", 5}});
    CHECK(pipe.written() == "<4>shown\n<3>shown code=5\n");
}

TEST_CASE("a level that is changed holds from the next line on") {
    const Pipe pipe;
    Log log(pipe.writer(), LogStyle::journald, Level::error, no_journal);
    log.warn("hidden");
    log.set_level(Level::debug);
    log.debug("shown");
    log.set_level(Level::error);
    log.warn("hidden");
    log.error("shown");
    CHECK(pipe.written() == "<7>shown\n<3>shown\n");
}

TEST_CASE("lines of several threads do not mix") {
    const Pipe pipe;
    constexpr int threads_of_each = 4;
    constexpr int lines = 50;
    Log log(pipe.writer(), LogStyle::journald, Level::debug, no_journal);
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_of_each; ++t) {
        threads.emplace_back([&log] {
            for (int i = 0; i < lines; ++i) {
                log.debug("line", {{"text", "abcdefghijklmnopqrstuvwxyz"}});
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    std::string expected;
    for (int i = 0; i < threads_of_each * lines; ++i) {
        expected += "<7>line text=abcdefghijklmnopqrstuvwxyz\n";
    }
    CHECK(pipe.written() == expected);
}

TEST_CASE("the journal gets fields where it can be reached, and the descriptor nothing") {
    const FakeJournal journal;
    const Pipe pipe;
    Log log(pipe.writer(),
            LogStyle::journald,
            Level::info,
            {.journal_socket = journal.path(), .now = now});
    log.warn("snapshot_failed", {{"status", 7}});
    Entry entry = journal.take();
    CHECK(entry["TASKBBS_EVENT"] == "snapshot_failed");
    CHECK(entry["TASKBBS_STATUS"] == "7");
    REQUIRE(write(pipe.writer(), "end", 3) == 3);
    CHECK(pipe.written() == "end");
}

TEST_CASE("where the journal is gone lines go to the descriptor") {
    FakeJournal journal;
    const Pipe pipe;
    Log log(pipe.writer(),
            LogStyle::journald,
            Level::info,
            {.journal_socket = journal.path(), .now = now});
    journal.stop();
    log.warn("trouble", {{"n", 1}});
    CHECK(pipe.written() == "<4>trouble n=1\n");
}

TEST_CASE("text and JSON never go to the journal") {
    const FakeJournal journal;
    const Pipe pipe;
    Log log(
        pipe.writer(), LogStyle::json, Level::info, {.journal_socket = journal.path(), .now = now});
    log.info("ready");
    CHECK(pipe.written().starts_with("{\"time\":"));
    CHECK(journal.take().empty());
}

TEST_CASE("what is too much of a kind is said in one line when its minute is over") {
    const Pipe pipe;
    Log log(pipe.writer(), LogStyle::journald, Level::info, no_journal);
    for (int i = 0; i < 25; ++i) {
        log.warn("trouble");
    }
    log.settle();
    std::string ten;
    for (int i = 0; i < 10; ++i) {
        ten += "<4>trouble\n";
    }
    CHECK(pipe.written() == ten);
    moment_now += 60s;
    log.settle();
    CHECK(pipe.written() == "<4>suppressed of=trouble lines=15\n");
    log.warn("trouble");
    CHECK(pipe.written() == "<4>trouble\n");
}

TEST_CASE("the next line of any kind says what was suppressed, too") {
    const Pipe pipe;
    Log log(pipe.writer(), LogStyle::journald, Level::info, no_journal);
    for (int i = 0; i < 11; ++i) {
        log.info("often");
    }
    pipe.written();
    moment_now += 2min;
    log.info("else");
    CHECK(pipe.written() == "<6>suppressed of=often lines=1\n<6>else\n");
}

TEST_CASE("at the end what is still counted is said, once") {
    const Pipe pipe;
    Log log(pipe.writer(), LogStyle::journald, Level::info, no_journal);
    for (int i = 0; i < 12; ++i) {
        log.warn("trouble");
    }
    pipe.written();
    log.finish();
    log.finish();
    log.error("end");
    CHECK(pipe.written() == "<4>suppressed of=trouble lines=2\n<3>end\n");
}

TEST_CASE("lines that the journal had no room for are said once it has") {
    const FakeJournal journal;
    const Pipe pipe;
    Log log(pipe.writer(),
            LogStyle::journald,
            Level::debug,
            {.journal_socket = journal.path(), .now = now});
    // More than its queue takes.
    for (int i = 0; i < 1000; ++i) {
        log.debug("line");
    }
    while (!journal.take().empty()) {
    }
    moment_now += 60s;
    log.settle();
    Entry entry = journal.take();
    CHECK(entry["TASKBBS_EVENT"] == "suppressed");
    CHECK(entry["TASKBBS_OF"] == "line");
    CHECK(std::stoi(entry["TASKBBS_LINES"]) > 0);
}
