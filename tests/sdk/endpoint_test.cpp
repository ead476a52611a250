// sdk/endpoint.hpp: what a client can connect to.
#include "sdk/endpoint.hpp"

#include <taskbbs/client.hpp>

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;

TEST_CASE("an endpoint is tcp with a host and a port, or ipc with a path") {
    for (const auto* good : {"tcp://127.0.0.1:7411",
                             "tcp://board:1",
                             "tcp://[::1]:65535",
                             "ipc:///run/taskbbs.sock"}) {
        CHECK_FALSE(trouble_with_endpoint(good));
    }
    for (const auto* bad : {"",
                            "nonsense",
                            "tcp://",
                            "tcp://h",
                            "tcp://:7411",
                            "tcp://h:",
                            "tcp://h:x",
                            "tcp://h:0",
                            "tcp://h:65536",
                            "tcp://h:99999",
                            "tcp://h:-1",
                            "tcp://h:1x",
                            "inproc://x",
                            "ipc://",
                            "udp://h:1"}) {
        INFO(bad);
        CHECK(trouble_with_endpoint(bad));
    }
}

TEST_CASE("a client is not opened on an endpoint of requests or events that can't be one") {
    CHECK(Client::open({.endpoint = "tcp://h:99999"}).error().code == Code::unusable_endpoint);
    CHECK(Client::open({.events_endpoint = "inproc://x"}).error().code == Code::unusable_endpoint);
}
