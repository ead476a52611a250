// What --check-config makes of what it sees: each finding has a cause and a next step.
#include "broker/start_check.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace taskbbs::broker::start_check_test {

using Catch::Contains;
using Kind = PathFacts::Kind;
using Weight = Finding::Weight;

namespace {

constexpr std::uint64_t gib = 1ULL << 30;

PathFacts directory(const std::string& path) {
    return {.path = path, .kind = Kind::directory, .mode = 0700, .owner = 100};
}

// Of a broker that has nothing to complain of.
StartFacts good() {
    return {.user = 100,
            .state = {.directory = directory("/var/lib/taskbbs"), .free_bytes = gib},
            .open_files = 1 << 20};
}

SocketFacts good_socket() {
    return {.option = "requests.endpoint",
            .file = {.path = "/run/taskbbs/requests"},
            .directory = directory("/run/taskbbs")};
}

std::vector<Finding> found_in(const StartFacts& facts, const Options& options = {}) {
    return findings_of(options, facts);
}

// The one that there is.
Finding only(const StartFacts& facts, const Options& options = {}) {
    const auto found = found_in(facts, options);
    CAPTURE(text_of(found));
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found.front().where.empty());
    CHECK_FALSE(found.front().cause.empty());
    CHECK_FALSE(found.front().next_step.empty());
    return found.front();
}

}  // namespace

TEST_CASE("where all is right nothing is found") {
    StartFacts facts = good();
    facts.sockets = {good_socket()};
    CHECK(found_in(facts).empty());
    facts.sockets.front().file.kind = Kind::socket;  // of a broker that runs, or ran
    CHECK(found_in(facts).empty());
}

TEST_CASE("a missing state directory is a note where the unit makes it, else a fault") {
    StartFacts facts = good();
    for (const char* const made : {"/var/lib/taskbbs", "/var/lib/taskbbs/"}) {
        facts.state.directory = {.path = made};
        CHECK(only(facts).weight == Weight::note);
        CHECK_THAT(only(facts).next_step, Contains("install -d -m 0700"));
    }
    facts.state.directory.has_parent = false;
    CHECK(only(facts).weight == Weight::fault);
    facts.state.directory = {.path = "/srv/taskbbs"};
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).cause, Contains("a start does not make it"));
    CHECK_THAT(only(facts).next_step, Contains("install -d -m 0700 -o taskbbs"));
}

TEST_CASE("the directories that are excused are those that the unit makes") {
    std::ifstream unit(TASKBBS_SOURCE_DIR "/systemd/taskbbsd.service");
    const std::string text{std::istreambuf_iterator<char>(unit), {}};
    CHECK_THAT(text, Contains("\nStateDirectory=taskbbs\n"));
    CHECK_THAT(text, Contains("\nRuntimeDirectory=taskbbs\n"));
}

TEST_CASE("a path that the broker's user can't get to is a fault that names the barrier") {
    StartFacts facts = good();
    facts.user = 100;
    facts.for_service = true;
    facts.keys = {{.option = "security.server_key",
                   .file = {.path = "/root/keys/k", .kind = Kind::other, .barrier = "/root"}}};
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).cause, Contains("user 100 may not pass through /root"));
    facts.keys.clear();
    facts.config = {.path = "/root/taskbbsd.conf", .kind = Kind::other, .barrier = "/root"};
    CHECK_THAT(only(facts).where, Contains("/root/taskbbsd.conf"));
    facts.config = {};
    facts.sockets = {good_socket()};
    facts.sockets.front().directory.barrier = "/run";
    CHECK_THAT(only(facts).cause, Contains("through /run"));
    facts.sockets.clear();
    facts.state.directory = {.path = "/root/state", .barrier = "/root"};  // as a stranger sees it
    CHECK_THAT(only(facts).cause, Contains("through /root"));
}

TEST_CASE("where the limit of open files allows fewer connections, that is a note") {
    Options options;
    options.core.limits.connections = 5000;
    StartFacts facts = good();
    facts.open_files = 5127;
    CHECK(only(facts, options).weight == Weight::note);
    CHECK_THAT(only(facts, options).cause, Contains("5127, allows 4999"));
    CHECK_THAT(only(facts, options).next_step, Contains("LimitNOFILE="));
    facts.open_files = 5128;
    CHECK(found_in(facts, options).empty());
}

TEST_CASE("a state directory that is none, or not this user's, is a fault") {
    StartFacts facts = good();
    facts.state.directory.kind = Kind::other;
    CHECK(only(facts).weight == Weight::fault);
    facts = good();
    facts.state.directory.usable = false;
    facts.state.directory.owner = 0;
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).cause, Contains("user 100 may not") && Contains("belongs to user 0"));
}

TEST_CASE("a state directory on a file system that is read-only is a fault of its own") {
    StartFacts facts = good();
    facts.state.directory.usable = false;
    facts.state.directory.read_only = true;
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).next_step, Contains("ReadWritePaths="));
}

TEST_CASE("where root looks, a key or a configuration that the service can't read is a fault") {
    StartFacts facts = good();
    facts.for_service = true;
    facts.keys = {{.option = "security.server_key",
                   .file = {.path = "/etc/taskbbs/server.key", .kind = Kind::other}}};
    facts.config = {.path = "/etc/taskbbs/taskbbsd.conf", .kind = Kind::other};
    CHECK(found_in(facts).empty());
    facts.keys.front().file.readable = false;
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).next_step, Contains("chown 100 /etc/taskbbs/server.key"));
    facts.keys.clear();
    facts.config.readable = false;
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).where, Contains("/etc/taskbbs/taskbbsd.conf"));
    facts.for_service = false;  // who looks has read it, or has said that it could not
    CHECK(found_in(facts).empty());
}

TEST_CASE("a state directory that others may read or write is a note") {
    StartFacts facts = good();
    for (const std::uint32_t mode : {0755U, 0770U, 0701U}) {
        facts.state.directory.mode = mode;
        CHECK(only(facts).weight == Weight::note);
        CHECK_THAT(only(facts).next_step, Contains("chmod 0700"));
    }
    facts.state.directory.mode = 0750;
    CHECK(found_in(facts).empty());
}

TEST_CASE("root is told that it can't see what the broker's user may do") {
    StartFacts facts = good();
    facts.user = 0;
    CHECK(only(facts).weight == Weight::note);
    CHECK_THAT(only(facts).next_step, Contains("runuser -u taskbbs"));
}

TEST_CASE("a backup is no state directory") {
    StartFacts facts = good();
    facts.state.is_backup = true;
    facts.state.has_journal = true;
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).next_step, Contains("journal restore"));
}

TEST_CASE("a file of the journal that the broker's user can't open is a fault that counts all") {
    StartFacts facts = good();
    facts.state.closed = {.path = "/var/lib/taskbbs/LOCK", .kind = Kind::other, .mode = 0640};
    facts.state.closed_files = 1;
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).cause,
               Contains("user 100 may not open /var/lib/taskbbs/LOCK: it belongs to user 0"));
    CHECK(only(facts).next_step == "chown -R 100 /var/lib/taskbbs");
    facts.state.closed_files = 3;
    CHECK_THAT(only(facts).cause, Contains("LOCK (nor 2 more files there)"));
    facts.state.closed.owner = 100;
    CHECK(only(facts).next_step == "chmod -R u+rwX /var/lib/taskbbs");
    facts.state.directory.usable = false;  // which is told instead
    CHECK_THAT(only(facts).cause, Contains("may not read and write it"));
}

TEST_CASE("no room for the first segment is a fault, none for the reserve a note") {
    Options options;
    options.journal.segment_bytes = 64ULL << 20;
    options.journal.reserve_bytes = 256ULL << 20;
    StartFacts facts = good();
    facts.state.free_bytes = (64ULL << 20) - 1;
    CHECK(only(facts, options).weight == Weight::fault);
    facts.state.free_bytes = (384ULL << 20) - 1;
    CHECK(only(facts, options).weight == Weight::note);
    CHECK_THAT(only(facts, options).cause, Contains("read_only"));
    facts.state.free_bytes = 384ULL << 20;
    CHECK(found_in(facts, options).empty());
    // What the broker holds already is not wanted twice.
    facts.state = {.directory = directory("/var/lib/taskbbs"),
                   .has_journal = true,
                   .free_bytes = 64ULL << 20,
                   .held_bytes = 320ULL << 20};
    CHECK(found_in(facts, options).empty());
}

TEST_CASE("a disk that forgets is a note, unless nothing is synced anyway, a remote one always") {
    Options options;
    StartFacts facts = good();
    facts.state.volatile_as = "tmpfs";
    CHECK_THAT(only(facts, options).cause, Contains("tmpfs"));
    options.journal.sync = journal::Sync::never;
    CHECK(found_in(facts, options).empty());
    facts.state.volatile_as = "";
    facts.state.remote_as = "nfs";
    CHECK(only(facts, options).weight == Weight::note);
}

TEST_CASE("a socket wants a directory in which files can be made, and nothing in its place") {
    StartFacts facts = good();
    facts.sockets = {good_socket()};
    SocketFacts& socket = facts.sockets.front();
    socket.directory.usable = false;
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).where, Contains("requests.endpoint = ipc:///run/taskbbs/requests"));
    socket.directory = {.path = "/run/taskbbs"};
    CHECK(only(facts).weight == Weight::note);
    CHECK_THAT(only(facts).next_step, Contains("RuntimeDirectory="));
    socket.directory = {.path = "/tmp/nowhere"};
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).next_step, Contains("install -d") && Contains("/run/taskbbs"));
    socket = good_socket();
    socket.file.kind = Kind::other;
    CHECK(only(facts).weight == Weight::fault);
}

TEST_CASE("an interface that this host does not have can't be bound") {
    StartFacts facts = good();
    facts.interfaces = {
        {.option = "events.endpoint", .endpoint = "tcp://eth7:7412", .name = "eth7"}};
    CHECK(found_in(facts).empty());
    facts.interfaces.front().is_there = false;
    CHECK(only(facts).weight == Weight::fault);
    CHECK_THAT(only(facts).cause, Contains("no network interface eth7"));
}

TEST_CASE("everything is said at once, faults first, and notes are called so") {
    StartFacts facts = good();
    facts.state.directory.mode = 0777;
    facts.state.is_backup = true;
    facts.state.free_bytes = 0;
    const auto found = found_in(facts);
    REQUIRE(found.size() == 3);
    CHECK(has_fault(found));
    CHECK(found.back().weight == Weight::note);
    const std::string text = text_of(found);
    CHECK_THAT(text, Contains("\nnote: journal.dir = /var/lib/taskbbs: its mode 0777"));
    CHECK(std::ranges::count(text, '\n') == 3);
    CHECK_FALSE(has_fault({found.back()}));
}

TEST_CASE("what is seen is what is there, and looking changes nothing") {
    std::string path = std::filesystem::temp_directory_path() / "taskbbs-look-XXXXXX";
    REQUIRE(mkdtemp(path.data()) != nullptr);
    Options options;
    options.journal.dir = path;
    options.requests_endpoint = "ipc://" + path + "/requests";
    StartFacts seen = look_at_start(options);
    CHECK(seen.state.directory.kind == Kind::directory);
    CHECK(seen.state.directory.mode == 0700);
    CHECK(seen.state.directory.usable);
    CHECK_FALSE(seen.state.has_journal);
    CHECK(seen.state.free_bytes > 0);
    REQUIRE(seen.sockets.size() == 1);
    CHECK(seen.sockets.front().file.kind == Kind::missing);
    CHECK(seen.sockets.front().directory.kind == Kind::directory);
    CHECK(std::filesystem::is_empty(path));

    std::ofstream(path + "/seg-00000000000000000001") << "x";
    std::ofstream(path + "/reserve") << "12345";
    std::ofstream(path + "/spare-7") << "123";
    std::ofstream(path + "/backup.txt") << "x";
    std::ofstream(path + "/requests") << "x";
    seen = look_at_start(options);
    CHECK(seen.state.has_journal);
    CHECK(seen.state.is_backup);
    CHECK(seen.state.held_bytes == 8);
    CHECK(seen.sockets.front().file.kind == Kind::other);
    std::filesystem::remove_all(path);
    CHECK(look_at_start(options).state.directory.kind == Kind::missing);
}

}  // namespace taskbbs::broker::start_check_test
