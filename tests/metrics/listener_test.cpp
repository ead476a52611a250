// Where it can be bound, and what is said where it can't.
#include "broker/metrics/listener.hpp"

#include "tests/metrics/visitor.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace taskbbs::broker {
namespace {

using Catch::Contains;
using Catch::StartsWith;

std::string failure_of(const std::string& endpoint) {
    try {
        const Listener listener(endpoint);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

void await(const Listener& listener) {
    pollfd item{listener.fd(), POLLIN, 0};
    poll(&item, 1, -1);
}

// All files that this process may open, for as long as it lives.
class NoFileLeft {
  public:
    NoFileLeft() {
        getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        few.rlim_cur = 64;
        setrlimit(RLIMIT_NOFILE, &few);
        for (int fd = 0; fd >= 0;) {
            fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
            taken_.push_back(fd);
        }
    }

    ~NoFileLeft() {
        for (const int fd : taken_) {
            close(fd);
        }
        setrlimit(RLIMIT_NOFILE, &before_);
    }

    NoFileLeft(const NoFileLeft&) = delete;
    NoFileLeft& operator=(const NoFileLeft&) = delete;

  private:
    rlimit before_{};
    std::vector<int> taken_;
};

}  // namespace

TEST_CASE("a port of 0 is any free one, and is told") {
    const Listener listener("127.0.0.1:0");
    CHECK_THAT(listener.endpoint(), StartsWith("127.0.0.1:"));
    CHECK(listener.endpoint() != "127.0.0.1:0");
}

TEST_CASE("names, wildcards and IPv6 addresses are bound as well") {
    CHECK(failure_of("localhost:0").empty());
    CHECK_THAT(Listener("*:0").endpoint(), StartsWith("0.0.0.0:"));
    CHECK_THAT(Listener("[::1]:0").endpoint(), StartsWith("[::1]:"));
}

TEST_CASE("a port that is taken is named, with what to do") {
    const Listener first("127.0.0.1:0");
    CHECK_THAT(failure_of(first.endpoint()),
               Contains("metrics.endpoint = " + first.endpoint()) &&
                   Contains("Address already in use; another process has it"));
}

TEST_CASE("an address of another host, and a name that nobody knows, are named") {
    CHECK_THAT(failure_of("192.0.2.1:0"), Contains("192.0.2.1:0") && Contains("of this host"));
    CHECK_THAT(failure_of("nowhere.invalid:0"), Contains("nowhere.invalid:0"));
}

TEST_CASE("nobody there is no connection") {
    Listener listener("127.0.0.1:0");
    CHECK(listener.accept().fd == -1);
    CHECK_FALSE(listener.is_stuck());
}

TEST_CASE("where no file is left, one visitor is let in all the same, and the next once there is") {
    Listener listener("127.0.0.1:0");
    const Visitor first(listener.endpoint());
    const Visitor second(listener.endpoint());
    await(listener);
    int let_in = -1;
    {
        const NoFileLeft everywhere;
        let_in = listener.accept().fd;
        CHECK(let_in >= 0);
        CHECK(listener.accept().fd == -1);
        CHECK(listener.is_stuck());
        close(let_in);
        let_in = listener.accept().fd;
        CHECK(let_in >= 0);
        CHECK_FALSE(listener.is_stuck());
    }
    close(let_in);
}

}  // namespace taskbbs::broker
