// Which lines the loop's figures make.
#include "broker/lookout.hpp"

#include "tests/broker/pipe.hpp"

using namespace taskbbs::broker;
using namespace taskbbs::broker_test;
using namespace std::chrono_literals;

namespace {

// A lookout, and what it has said since the last call.
class Watched {
  public:
    std::string said(const Lookout::Seen& seen) {
        log_.info("turn");
        lookout_.look(seen, log_);
        const std::string lines = pipe_.written();
        return lines.substr(lines.find('\n') + 1);
    }

  private:
    Pipe pipe_;
    Log log_{pipe_.writer(),
             LogStyle::journald,
             Level::info,
             {.journal_socket = "/nonexistent/journal"}};
    Lookout lookout_;
};

}  // namespace

TEST_CASE("a quiet turn says nothing") {
    Watched watched;
    const Stats stats{.requests = 5, .refused = 3, .batches = 2};
    CHECK(watched.said({.stats = stats, .turn = 900ms, .executors = 3}).empty());
}

TEST_CASE("the brake is said when it begins to hold and when it is released") {
    Watched watched;
    const Stats stats;
    CHECK(watched.said({.stats = stats, .brake = true, .run_out = 7}) ==
          "<4>brake_holds executors_run_out=7\n");
    CHECK(watched.said({.stats = stats, .brake = true, .run_out = 8}).empty());
    CHECK(watched.said({.stats = stats}) == "<6>brake_released\n");
}

TEST_CASE("read_only is said when it begins, with what the disk has left then, and when it ends") {
    Watched watched;
    const Stats stats{.disk_free_bytes = 1 << 30};  // as of a while ago
    const std::string said =
        watched.said({.stats = stats, .read_only = true, .free_bytes = [] { return 4096; }});
    CHECK(said.starts_with("<4>read_only_begins disk_free_bytes=4096 says="));
    CHECK(watched.said({.stats = stats, .read_only = true}).empty());
    CHECK(watched.said({.stats = stats}) == "<6>read_only_ends\n");
}

TEST_CASE("a batch that took more than a second to be durable is said once") {
    Watched watched;
    CHECK(watched.said({.stats = {.sync_longest = 900ms}}).empty());
    CHECK(watched.said({.stats = {.sync_longest = 1500ms}}).starts_with("<4>slow_sync ms=1500 "));
    CHECK(watched.said({.stats = {.sync_longest = 1500ms}}).empty());
    CHECK(watched.said({.stats = {.sync_longest = 3s}}).starts_with("<4>slow_sync ms=3000 "));
    CHECK(watched.said({.stats = {.sync_longest = 10ms}}).empty());
    CHECK(watched.said({.stats = {.sync_longest = 2s}}).starts_with("<4>slow_sync ms=2000 "));
}

TEST_CASE("a turn in which the loop worked for more than a second is said") {
    Watched watched;
    const Stats stats;
    CHECK(watched.said({.stats = stats, .turn = 1200ms}).starts_with("<4>slow_turn ms=1200 "));
}

TEST_CASE("requests that met a limit are said by how many they were and what they were told") {
    Watched watched;
    Stats stats{.busy = 3, .busy_says = "limits.tasks are on the board"};
    CHECK(watched.said({.stats = stats}) ==
          "<4>limit_reached requests=3 says=\"limits.tasks are on the board\"\n");
    CHECK(watched.said({.stats = stats}).empty());
    stats.busy = 4;
    CHECK(watched.said({.stats = stats}).starts_with("<4>limit_reached requests=1 "));
}

TEST_CASE("connections that were refused are said with the limit") {
    Watched watched;
    const Stats stats{.connections_limit = 100, .connections_refused = 2};
    CHECK(watched.said({.stats = stats})
              .starts_with("<4>connections_full refused=2 limit=100 says="));
    CHECK(watched.said({.stats = stats}).empty());
}

TEST_CASE("connections that were held off are said") {
    Watched watched;
    const Stats stats{.connections_held_off = 2};
    CHECK(watched.said({.stats = stats}).starts_with("<4>connections_held_off refused=2 says="));
    CHECK(watched.said({.stats = stats}).empty());
}

TEST_CASE("events that were not published are said") {
    Watched watched;
    const Stats stats{.dropped_events = 2};
    CHECK(watched.said({.stats = stats}).starts_with("<4>events_dropped events=2 says="));
    CHECK(watched.said({.stats = stats}).empty());
}

TEST_CASE("executors whose presence ran out are said, and those that are left") {
    Watched watched;
    const Stats stats{.executors_lost = 2, .last_lost = "e17"};
    CHECK(watched.said({.stats = stats, .executors = 5}) ==
          "<6>executors_lost lost=2 last=e17 present=5\n");
}

TEST_CASE("replies that had nobody to go to are said") {
    Watched watched;
    const Stats stats{.dropped_replies = 4};
    CHECK(watched.said({.stats = stats}) == "<6>replies_dropped replies=4\n");
    CHECK(watched.said({.stats = stats}).empty());
}
