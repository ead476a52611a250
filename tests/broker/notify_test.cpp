// What arrives at a service manager, here a socket of the test's own, and when a sign of life is
// due.
#include "broker/notify.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace taskbbs::broker;
using namespace std::chrono_literals;
using taskbbs::protocol::Time;

namespace {

// Stands for the service manager: bound to an abstract name that the kernel chose, and named in the
// environment for as long as it lives.
class Supervisor {
  public:
    Supervisor() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        socklen_t size = sizeof(sa_family_t);  // no name: the kernel gives one
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(bind(socket_, plain, size) == 0);
        size = sizeof(address);
        REQUIRE(getsockname(socket_, plain, &size) == 0);
        const std::size_t length = size - offsetof(sockaddr_un, sun_path) - 1;
        const std::string name = "@" + std::string(address.sun_path + 1, length);
        setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }

    ~Supervisor() {
        unsetenv("NOTIFY_SOCKET");
        close(socket_);
    }

    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    // Sent is received: a datagram socket of this host.
    std::string heard() const {
        std::string text(4096, '\0');
        const ssize_t n = recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
        text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
        return text;
    }

  private:
    int socket_;
};

constexpr Time start{1000s};

}  // namespace

TEST_CASE("the service manager hears of readiness, status, stopping and life") {
    const Supervisor supervisor;
    notify_ready("1 task");
    CHECK(supervisor.heard() == "READY=1\nSTATUS=1 task");
    notify_status("2 tasks");
    CHECK(supervisor.heard() == "STATUS=2 tasks");
    notify_starting("recovering", 2min);
    CHECK(supervisor.heard() == "STATUS=recovering\nEXTEND_TIMEOUT_USEC=120000000");
    notify_stopping();
    CHECK(supervisor.heard() == "STOPPING=1");
    notify_alive();
    CHECK(supervisor.heard() == "WATCHDOG=1");
}

TEST_CASE("without a service manager nothing happens") {
    unsetenv("NOTIFY_SOCKET");
    notify_ready("nobody listens");
    notify_alive();
    CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
}

TEST_CASE("the interval is what the service manager asks of this process") {
    unsetenv("WATCHDOG_USEC");
    CHECK_FALSE(watchdog_interval());
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
    CHECK(watchdog_interval() == 30s);
    setenv("WATCHDOG_PID", "1", 1);
    CHECK_FALSE(watchdog_interval());
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

TEST_CASE("a beat is due each third of the interval") {
    Watchdog watchdog(30s, start);
    CHECK(watchdog.due() == start + 10s);
    CHECK_FALSE(watchdog.beat(start + 9s, {.turns = 5}));
    CHECK(watchdog.beat(start + 11s, {.turns = 6}));
    CHECK(watchdog.due() == start + 21s);
}

TEST_CASE("a loop that does not turn owes no beat") {
    Watchdog watchdog(30s, start);
    CHECK(watchdog.beat(start + 10s, {.turns = 1}));
    CHECK_FALSE(watchdog.beat(start + 20s, {.turns = 1}));
    CHECK(watchdog.beat(start + 30s, {.turns = 2}));
}

TEST_CASE("a journal that has nothing to do does not keep the beat back") {
    Watchdog watchdog(30s, start);
    CHECK(watchdog.beat(start + 10s, {.turns = 1, .batches_given = 4, .batches_done = 4}));
    CHECK(watchdog.beat(start + 20s, {.turns = 2, .batches_given = 4, .batches_done = 4}));
}

TEST_CASE("a journal that finishes no batch keeps the beat back until it does") {
    Watchdog watchdog(30s, start);
    CHECK(watchdog.beat(start + 10s, {.turns = 1, .batches_given = 4, .batches_done = 3}));
    CHECK_FALSE(watchdog.beat(start + 20s, {.turns = 2, .batches_given = 4, .batches_done = 3}));
    CHECK_FALSE(watchdog.beat(start + 30s, {.turns = 3, .batches_given = 5, .batches_done = 3}));
    CHECK(watchdog.beat(start + 40s, {.turns = 4, .batches_given = 5, .batches_done = 4}));
}

TEST_CASE("a batch that was given since the last beat has time until the next") {
    Watchdog watchdog(30s, start);
    CHECK(watchdog.beat(start + 10s, {.turns = 1, .batches_given = 3, .batches_done = 3}));
    CHECK(watchdog.beat(start + 20s, {.turns = 2, .batches_given = 4, .batches_done = 3}));
    CHECK_FALSE(watchdog.beat(start + 30s, {.turns = 3, .batches_given = 4, .batches_done = 3}));
}
