// The server between visitors, who may be hostile, and a loop, which may be hung.
#include "broker/metrics/server.hpp"

#include "broker/metrics/http.hpp"
#include "tests/metrics/visitor.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <poll.h>
#include <thread>
#include <vector>

namespace taskbbs::broker {
namespace {

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;

// A loop that does nothing but answer.
class AnsweringLoop {
  public:
    explicit AnsweringLoop(MetricsServer& server) : server_(server), thread_([this] { run(); }) {
        server.enter(Phase::serving);
    }

    ~AnsweringLoop() {
        over_ = true;
        thread_.join();
    }

    AnsweringLoop(const AnsweringLoop&) = delete;
    AnsweringLoop& operator=(const AnsweringLoop&) = delete;

  private:
    void run() {
        while (!over_) {
            pollfd item{server_.asked_fd(), POLLIN, 0};
            if (poll(&item, 1, 10) > 0) {
                server_.answer(std::make_unique<Figures>());
            }
        }
    }

    MetricsServer& server_;
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

}  // namespace

TEST_CASE("while it recovers it lives, and is not ready") {
    const MetricsServer server("127.0.0.1:0", "/");
    CHECK_THAT(get(server.endpoint(), "/livez"), StartsWith("HTTP/1.1 200 ") && EndsWith("ok\n"));
    CHECK_THAT(get(server.endpoint(), "/readyz"),
               StartsWith("HTTP/1.1 503 ") && Contains("recovering"));
    CHECK_THAT(get(server.endpoint(), "/metrics"), Contains("\ntaskbbs_ready 0\n"));
}

TEST_CASE("once the loop answers, all pages are there, and one answer serves many who ask") {
    MetricsServer server("127.0.0.1:0", "/");
    const AnsweringLoop loop(server);
    std::vector<Visitor> many;
    for (int i = 0; i < 10; ++i) {
        many.emplace_back(server.endpoint()).say("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    }
    for (const Visitor& one : many) {
        CHECK_THAT(one.hear(), Contains("\ntaskbbs_ready 1\n"));
    }
    CHECK_THAT(get(server.endpoint(), "/readyz"), EndsWith("ready\n"));
}

TEST_CASE("a loop that does not answer is told of, and served again once it does") {
    MetricsServer server("127.0.0.1:0", "/");
    server.enter(Phase::serving);
    CHECK_THAT(get(server.endpoint(), "/livez"),
               StartsWith("HTTP/1.1 503 ") && Contains("has not answered within 5 s"));
    const AnsweringLoop loop(server);
    CHECK_THAT(get(server.endpoint(), "/livez"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("who waits when the loop stops is answered at once") {
    MetricsServer server("127.0.0.1:0", "/");
    server.enter(Phase::serving);
    const Visitor waiting(server.endpoint());
    waiting.say("GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n");
    pollfd asked{server.asked_fd(), POLLIN, 0};
    poll(&asked, 1, -1);
    server.enter(Phase::stopping);
    CHECK_THAT(waiting.hear(), StartsWith("HTTP/1.1 503 ") && Contains("stopping"));
}

TEST_CASE("a server ends while others wait for it, or have said half of a request") {
    const auto ended = [] {
        MetricsServer server("127.0.0.1:0", "/");
        server.enter(Phase::serving);
        Visitor half(server.endpoint());
        half.say("GET /met");
        Visitor waiting(server.endpoint());
        waiting.say("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
        pollfd asked{server.asked_fd(), POLLIN, 0};
        poll(&asked, 1, -1);
        return std::pair(std::move(half), std::move(waiting));
    }();
    CHECK(ended.first.hear().empty());
    ended.second.hear();
}

TEST_CASE("other paths and methods are told what there is") {
    const MetricsServer server("127.0.0.1:0", "/");
    CHECK_THAT(get(server.endpoint(), "/"), StartsWith("HTTP/1.1 404 ") && Contains("/metrics"));
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "NONSENSE"}) {
        const Visitor visitor(server.endpoint());
        visitor.say(std::string(method) + " /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
        CHECK_THAT(visitor.hear(),
                   StartsWith("HTTP/1.1 405 ") && Contains("Allow: GET, HEAD") &&
                       EndsWith("GET and HEAD are the methods of these pages\n"));
    }
}

TEST_CASE("HEAD is answered as GET, without the page") {
    const MetricsServer server("127.0.0.1:0", "/");
    const Visitor visitor(server.endpoint());
    visitor.say("HEAD /livez HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK_THAT(
        visitor.hear(),
        StartsWith("HTTP/1.1 200 ") && Contains("Content-Length: 3") && EndsWith("\r\n\r\n"));
}

TEST_CASE("a request longer than any of ours is refused, and its connection ends") {
    const MetricsServer server("127.0.0.1:0", "/");
    const Visitor visitor(server.endpoint());
    visitor.say("GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\n\r\n");
    CHECK_THAT(visitor.hear().substr(0, 10), StartsWith("HTTP/1.1 4") || Catch::Equals(""));
    CHECK_THAT(get(server.endpoint(), "/livez"), EndsWith("ok\n"));
}

TEST_CASE("what is no HTTP ends its own connection and no other") {
    const MetricsServer server("127.0.0.1:0", "/");
    for (const std::string& words :
         {std::string(64, '\0'),
          std::string("\r\n\r\n\r\n"),
          std::string("GET\r\n\r\n"),
          std::string("GET /livez HTTP/9.9\r\n\r\n"),
          std::string("GET /livez HTTP/1.1\r\nContent-Length: -1\r\n\r\n")}) {
        const Visitor visitor(server.endpoint());
        visitor.say(words);
        CHECK_THAT(get(server.endpoint(), "/livez"), EndsWith("ok\n"));
    }
}

TEST_CASE("however many say nothing, who asks is answered: the oldest of too many goes") {
    const MetricsServer server("127.0.0.1:0", "/");
    std::vector<Visitor> mute;
    for (std::size_t i = 0; i < 4 * Http::most_connections; ++i) {
        mute.emplace_back(server.endpoint());
    }
    CHECK_THAT(get(server.endpoint(), "/livez"), EndsWith("ok\n"));
    CHECK(mute.front().hear().empty());
    const auto left = std::ranges::count_if(
        mute, [](const Visitor& visitor) { return !visitor.is_hung_up_on(); });
    CHECK(left <= static_cast<std::ptrdiff_t>(Http::most_connections));
}

TEST_CASE("one who says a byte at a time is hung up on in the end") {
    const MetricsServer server("127.0.0.1:0", "/");
    const Visitor slow(server.endpoint());
    slow.say("GET /livez HTTP/1.1\r\nX: ");
    while (!slow.is_hung_up_on() && slow.say("x")) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    CHECK(slow.is_hung_up_on());
}

}  // namespace taskbbs::broker
