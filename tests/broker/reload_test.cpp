// What a running broker takes of other options (SIGHUP), and what waits for a restart.
#include "broker/reload.hpp"

#include "broker/option_table.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace taskbbs;
using namespace taskbbs::broker;
using namespace std::chrono_literals;

namespace {

bool applies(std::string_view option, const Options& running, const Options& read) {
    const std::vector<Change> changed = changes(running, read);
    const auto found = std::ranges::find(changed, option, &Change::option);
    REQUIRE(found != changed.end());
    return found->applies;
}

}  // namespace

TEST_CASE("the same options are no change") {
    CHECK(changes({}, {}).empty());
}

TEST_CASE("intervals, limits and the log's level change, places and formats do not") {
    Options read;
    read.core.converge.every = 7s;
    read.core.limits.tasks = 5;
    read.core.presence.brake_percent = 10;
    read.log_level = Level::debug;
    read.journal.dir = "/elsewhere";
    read.requests_endpoint = "tcp://127.0.0.1:1";
    read.core.limits.message_bytes = 1 << 16;
    const Options running;
    CHECK(applies("converge.every", running, read));
    CHECK(applies("limits.tasks", running, read));
    CHECK(applies("presence.brake_percent", running, read));
    CHECK(applies("log.level", running, read));
    CHECK_FALSE(applies("journal.dir", running, read));
    CHECK_FALSE(applies("requests.endpoint", running, read));
    CHECK_FALSE(applies("limits.message_bytes", running, read));

    const Options taken = with_changes(running, read, changes(running, read));
    CHECK(taken.core.converge.every == 7s);
    CHECK(taken.core.limits.tasks == 5);
    CHECK(taken.log_level == Level::debug);
    CHECK(taken.journal.dir == running.journal.dir);
    CHECK(taken.core.limits.message_bytes == running.core.limits.message_bytes);
}

TEST_CASE("a change tells both values as the configuration spells them") {
    Options read;
    read.core.converge.every = 7s;
    const std::vector<Change> changed = changes({}, read);
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].from == "30s");
    CHECK(changed[0].to == "7s");
}

TEST_CASE("what is in force is told by what is not at its default") {
    Options options;
    CHECK(settings_text(options).empty());
    options.core.converge.every = 7s;
    options.server_key = "/k";
    CHECK(settings_text(options) == "security.server_key = /k; converge.every = 7s");
}

TEST_CASE("what the file says in vain is told once, with the place that hides it") {
    std::string file;
    const auto read = [&file] {
        return parse_options({.arguments = {"--config", "/f", "--limits.executors", "7"},
                              .environment = {"TASKBBS_LOG_LEVEL=debug"},
                              .working_dir = "/",
                              .read_file = [&file](const std::string&) { return file; }});
    };
    Options running = read();
    file = "[limits]\nexecutors = 9\ntasks = 5\n[log]\nlevel = debug\n";
    const std::vector<Hidden> hidden = newly_hidden(running, read());
    REQUIRE(hidden.size() == 1);
    CHECK(hidden[0].option == "limits.executors");
    CHECK(hidden[0].value == "9");
    CHECK(hidden[0].at == "/f:2");
    CHECK(hidden[0].by == "command line");
    running = with_changes(running, read(), changes(running, read()));
    CHECK(running.core.limits.executors == 7);
    CHECK(newly_hidden(running, read()).empty());
    file = "[log]\nlevel = warn\n";
    REQUIRE(newly_hidden(running, read()).size() == 1);
    CHECK(newly_hidden(running, read())[0].by == "environment TASKBBS_LOG_LEVEL");
}

TEST_CASE("that completed tasks expire at all is a choice of the start, when they do is not") {
    Options running;
    Options read;
    read.core.converge.completed_expiry = 1h;
    CHECK_FALSE(applies("converge.completed_expiry", running, read));
    running.core.converge.completed_expiry = 2h;
    CHECK(applies("converge.completed_expiry", running, read));
}

TEST_CASE("another file of authorized keys is taken where there is CURVE, before and after") {
    Options running;
    Options read;
    read.authorized_keys = "/b";
    CHECK_FALSE(applies("security.authorized_keys", running, read));
    running.server_key = "/k";
    CHECK_FALSE(applies("security.authorized_keys", running, read));
    read.server_key = "/k";
    CHECK(applies("security.authorized_keys", running, read));
}
